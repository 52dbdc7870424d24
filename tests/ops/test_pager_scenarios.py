"""The five scenarios of a pager: a monitored service that is healthy or not, on the real engine and both databases.

`grouping: service`, `remind: off`, `ack_timeout: off`, steps of 15 minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.ops.incidents.acts import acknowledge
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
policies:
  - name: pager
    remind: off
    steps:
      - {delay: 15m, targets: [{user: ana}, {user: bo}]}
      - {delay: 15m, targets: [{user: cy}]}
services:
  - {name: checkout, policy: pager, grouping: service, ack_timeout: off}
integrations:
  - {name: monitor, kind: generic, service: checkout}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def test_a_healthy_service_gets_an_alert(house: House) -> None:
    """It becomes unhealthy, all targets of the first level are paged, a 15-minute timer is set."""
    house.post()
    assert house.open == [(1, "triggered")]
    assert house.paged == [(0, "ana"), (0, "bo")]
    assert house.timers == T0 + minutes(15)


def test_b_the_timer_of_an_unacknowledged_unhealthy_service_ends(house: House) -> None:
    """The next level's targets are paged, the timer is set again."""
    house.post()
    house.pass_to(15)
    assert house.paged == [(0, "ana"), (0, "bo"), (15, "cy")]
    assert house.timers == T0 + minutes(30)


def test_c_acknowledged_in_time(house: House) -> None:
    """The later time-out pages nobody, and there is no timer."""
    house.post()
    house.pass_to(5)
    acknowledge(house.as_user("ana"), 1)
    assert house.timers is None
    house.pass_to(60)
    assert house.paged == [(0, "ana"), (0, "bo")]


def test_d_an_unhealthy_service_gets_another_alert(house: House) -> None:
    """Nobody is paged, and no timer is set beside the first."""
    house.post(key="k1")
    house.pass_to(3)
    house.post(key="k2", title="disk")
    assert house.paged == [(0, "ana"), (0, "bo")]
    assert house.timers == T0 + minutes(15)
    assert house.open == [(1, "triggered")]
    assert house.column(1, "alerts") == 2


def test_e_the_service_is_healthy_again(house: House) -> None:
    """The later time-out pages nobody: the service is healthy and there is no timer."""
    house.post()
    house.pass_to(3)
    house.post("resolve", key=None)
    assert (house.open, house.timers) == ([], None)
    house.pass_to(60)
    assert house.paged == [(0, "ana"), (0, "bo")]
