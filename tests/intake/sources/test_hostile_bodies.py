"""Bodies of a mebibyte that were made to be slow: all are read in moments, before anybody's key is looked at."""

from __future__ import annotations

from time import thread_time

import pytest

from oncall_tui.intake.payload.posted import FORM_FIELDS, fields_of
from oncall_tui.intake.payload.reading import Post, Reading
from oncall_tui.intake.sources import DIALECTS

MOMENTS = 4.0  # seconds of the processor: what is asked for here took minutes, or never came to an end
_PART = "Content-Disposition: form-data; name"
_MANY = ",".join(f'"k{number}":1.5' for number in range(80_000))
HOSTILE = {
    "empty parts": ("uptime-kuma", "--x\r\n" + "\r\n--x\r\n" * 140_000),
    "many parts": ("generic", "--x\r\n" + "".join(f'{_PART}="a{n}"\r\n\r\nv\r\n--x\r\n' for n in range(15_000))),
    "a name of semicolons": ("generic", f'--x\r\n{_PART}="' + "a;" * 500_000 + '"\r\n\r\nv\r\n--x--'),
    "parameters": ("datadog", "--x\r\nContent-Disposition: form-data" + "; a=b" * 200_000 + "\r\n\r\nv\r\n--x--"),
    "forms in forms": ("generic", "--x\r\n" + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 20_000),
    "encoded words": ("generic", f'--x\r\n{_PART}="' + "=?utf-8?q?a?= " * 70_000 + '"\r\n\r\nv\r\n--x--'),
    "brackets": ("uptime-kuma", '{"msg":"' + "[" * 900_000 + '"}'),
    "a scope without an end": ("datadog", '{"title":"[a' + " on a" * 190_000 + '"}'),
    "elements in elements": ("apprise", "<a>" * 250_000),
    "labels": ("alertmanager", '{"alerts":[{"labels":{' + _MANY + "}}]}"),
    "labels of a group": (
        "grafana",
        '{"alerts":[' + ",".join(["{}"] * 3_000) + '],"commonLabels":{' + _MANY[:400_000].rpartition(",")[0] + "}}",
    ),
    "labels of Prometheus": ("prometheus", '[{"labels":{' + _MANY + "}}]"),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_in_moments(name: str) -> None:
    kind, body = HOSTILE[name]
    began = thread_time()
    DIALECTS[kind].read(Post(body=body.encode(), key="k"))
    assert thread_time() - began < MOMENTS


def test_a_multipart_form_as_browsers_curl_and_hands_write_it() -> None:
    parts = [
        b'Content-Disposition: form-data; name="title"\r\n\r\nDisk; full\r\n',
        b'content-disposition: form-data; name="file"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\nlost\r\n',
        b'Content-Type: text/plain\r\nContent-Disposition: form-data; name="body"\r\n\r\none\r\ntwo\r\n',
        b"Content-Disposition: form-data; name=key\n\nk-1\n",
        b"X-Other: nothing\r\n\r\nlost\r\n",
        b'Content-Disposition: form-data; name="service"\r\n\r\nK\xc3\xbcche\r\n',
        b'Content-Disposition: form-data; name="empty"\r\n\r\n\r\n',
    ]
    body = b"--b-1\r\n" + b"--b-1\r\n".join(parts) + b"--b-1--\r\n"
    fields = fields_of(Post(body=body), [])
    assert fields == {"title": "Disk; full", "body": "one\r\ntwo", "key": "k-1", "service": "Küche", "empty": ""}
    reading = DIALECTS["generic"].read(Post(body=body, key="k"))
    assert isinstance(reading, Reading)
    assert (reading.events[0].title, reading.events[0].dedup_key) == ("Disk; full", "k-1")


def test_of_too_many_parts_the_first_are_read() -> None:
    parts = [f'{_PART}="a{number}"\r\n\r\n{number}\r\n' for number in range(FORM_FIELDS + 50)]
    fields = fields_of(Post(body=("--x\r\n" + "--x\r\n".join(parts) + "--x--").encode()), [])
    assert isinstance(fields, dict)
    assert fields == {f"a{number}": str(number) for number in range(FORM_FIELDS)}
