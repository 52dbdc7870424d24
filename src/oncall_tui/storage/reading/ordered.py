"""The queue in another order, or in groups. What is sorted are the newest ten thousand that match, never a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oncall_tui.domain.queue.ordering import Order, Sort
from oncall_tui.storage.looking import Look, Words
from oncall_tui.storage.reading.queue import COUNTED, RANK

_NEWEST = "i.number DESC"


class Count(NamedTuple):
    """How many incidents of a group are in a state."""

    group: str
    state: str
    many: int


def numbers(look: Look, condition: Words, order: Order, *, history: bool, limit: int) -> Sequence[int]:
    """The first numbers in this order. In the history, need goes by age alone."""
    if not order.group and order.sort in (Sort.NEWEST, Sort.OLDEST):
        by = "i.number" if order.sort is Sort.OLDEST else _NEWEST
        sql = f"SELECT i.number FROM incidents i WHERE {condition.sql} ORDER BY {by} LIMIT :limit"  # noqa: S608 - ours
        return look.values(sql, {**condition.given, "limit": limit})
    group, some = _group(look, order), _joined(condition)
    by = ", ".join((*_by_group(order, group), *_by_sort(order.sort, history)))
    sql = f"SELECT i.number FROM {some.sql} ORDER BY {by} LIMIT :limit"  # noqa: S608 - our own words
    return look.values(sql, {**some.given, **group.given, "limit": limit})


def counts(look: Look, condition: Words, order: Order) -> list[Count]:
    """How many of each group are in each state, among those that are sorted."""
    group, some = _group(look, order), _joined(condition)
    sql = (
        f"SELECT {group.sql} AS of_group, i.state, count(*) AS many"  # noqa: S608 - our own words
        f" FROM {some.sql} GROUP BY 1, 2"
    )
    return [Count(row.of_group, row.state, row.many) for row in look.rows(sql, {**some.given, **group.given})]


def _joined(condition: Words) -> Words:
    return Words(
        f"(SELECT i.number FROM incidents i WHERE {condition.sql}"  # noqa: S608 - our own words
        " ORDER BY i.number DESC LIMIT :sorted) AS newest JOIN incidents i ON i.number = newest.number"
        " LEFT JOIN services s ON s.id = i.service_id LEFT JOIN teams t ON t.id = s.team_id",
        {**condition.given, "sorted": COUNTED},
    )


def _group(look: Look, order: Order) -> Words:
    match order.group:
        case "service":
            return Words("coalesce(s.name, '')")
        case "team":
            return Words("coalesce(t.name, '')")
        case "severity":
            return Words("i.severity")
    label = order.label or ""
    if look.dialect == "postgresql":
        return Words("coalesce(json_extract_path_text(CAST(i.labels AS JSON), :of_label), '')", {"of_label": label})
    return Words("coalesce(CAST(json_extract(i.labels, :of_label) AS TEXT), '')", {"of_label": f'$."{label}"'})


def _by_group(order: Order, group: Words) -> tuple[str, ...]:
    if not order.group:
        return ()
    if order.group == "severity":
        return ("i.severity_rank DESC",)
    return (f"CASE WHEN {group.sql} = '' THEN 1 ELSE 0 END", group.sql)  # what has none comes last


def _by_sort(sort: Sort, history: bool) -> tuple[str, ...]:
    match sort:
        case Sort.OLDEST:
            return ("i.number",)
        case Sort.SEVERITY:
            return ("i.severity_rank DESC", _NEWEST)
        case Sort.SERVICE:
            return ("coalesce(s.name, '')", RANK, _NEWEST)
        case Sort.NEED if not history:
            return (RANK, _NEWEST)
    return (_NEWEST,)
