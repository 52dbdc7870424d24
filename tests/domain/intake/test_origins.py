"""Which addresses of an SNS message may be fetched."""

from __future__ import annotations

import pytest

from oncall_tui.domain.intake.origins import Origin, origin_of

LISTED = ("http://localstack.internal:4566", "https://sns.example.com/")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem", Origin.AMAZON),
        ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription&Token=1", Origin.AMAZON),
        ("http://localstack.internal:4566/_aws/sns/1.pem", Origin.LISTED),
        ("https://sns.example.com/1.pem", Origin.LISTED),
        ("http://sns.eu-west-1.amazonaws.com/1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com.evil.example/1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com@evil.example/1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com:8443/1.pem", None),
        ("https://x@sns.eu-west-1.amazonaws.com/1.pem", None),
        ("https://evil.example/sns.eu-west-1.amazonaws.com/1.pem", None),
        ("https://s3.eu-west-1.amazonaws.com/1.pem", None),
        ("https://sns.a.b.amazonaws.com/1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com\\@evil.example/1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com/\n1.pem", None),
        ("https://sns.eu-west-1.amazonaws.com", None),
        ("http://localstack.internal:4566.evil.example/1.pem", None),
        ("http://localstack.internal:45660/1.pem", None),
        ("http://localstack.internal:4566@evil.example/", None),
        ("file:///etc/passwd", None),
        ("", None),
    ],
)
def test_only_amazons_own_and_listed_origins(url: str, origin: Origin | None) -> None:
    assert origin_of(url, LISTED) is origin
    if origin is Origin.LISTED:
        assert origin_of(url, ()) is None
