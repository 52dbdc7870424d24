"""`***` in a file: the secret that is stored at that place stays. Elsewhere it is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.texts import KEPT

Plain = dict[str, Any]
_MEND = "write the URL; `***` keeps only what is stored"


def with_contacts(user: Plain, kept: Plain | None, path: str) -> tuple[Plain, list[Invalid]]:
    """The user with the stored URLs in place of `***`, found by the contact's name."""
    known = {contact["name"]: contact["url"] for contact in (kept or {}).get("contacts", ())}
    problems: list[Invalid] = []
    contacts = []
    for place, contact in enumerate(user.get("contacts", ())):
        url = contact["url"]
        if url == KEPT:
            url = known.get(contact["name"], "")
            if not url:
                sentence = f"{user['username']} has no stored contact '{contact['name']}' to keep"
                problems.append(_lost(sentence, f"{path}.contacts[{place}].url"))
        contacts.append(contact | {"url": url})
    return (user | {"contacts": contacts} if contacts else user), problems


def with_channels(policy: Plain, kept: Plain | None, path: str) -> tuple[Plain, list[Invalid]]:
    """The policy with the stored URLs in place of `***`.

    A step is recognised by its other targets and its place, so that a step put in between moves no secret elsewhere.
    """
    problems: list[Invalid] = []
    lists = _lists(kept or {})
    known = [lists[key] for key in lists if key != "fallback"]
    changed = dict(policy)
    if policy.get("steps"):
        changed["steps"] = [
            step | {"targets": _filled(step["targets"], known, place, f"{path}.steps[{place}].targets", problems)}
            if step.get("targets")
            else step
            for place, step in enumerate(policy["steps"])
        ]
    if policy.get("fallback"):
        fallback = [lists["fallback"]] if "fallback" in lists else []
        changed["fallback"] = _filled(policy["fallback"], fallback, 0, f"{path}.fallback", problems)
    return changed, problems


def with_notices(schedule: Plain, kept: Plain | None, path: str) -> tuple[Plain, list[Invalid]]:
    """The schedule with the stored URLs in place of `***` in its notices, found by when they tell, then by place."""
    known = (kept or {}).get("notices", ())
    problems: list[Invalid] = []
    notices = []
    for place, notice in enumerate(schedule.get("notices", ())):
        url = notice["url"]
        if url == KEPT:
            alike = [number for number, one in enumerate(known) if one | {"url": KEPT} == notice]
            if place in alike or len(alike) == 1:
                url = known[place if place in alike else alike[0]]["url"]
            else:
                sentence = "no stored notice of this schedule tells at this time, so it is unclear what to keep"
                problems.append(_lost(sentence, f"{path}.notices[{place}].url"))
        notices.append(notice | {"url": url})
    return (schedule | {"notices": notices} if notices else schedule), problems


def with_secret(integration: Plain, kept: Plain | None, path: str) -> tuple[Plain, list[Invalid]]:
    """The integration with its stored signing secret where the file has `***` or, as with its key, says nothing."""
    known = (kept or {}).get("secret")
    given = integration.get("secret")
    if given == KEPT and known is None:
        sentence = f"{integration['name']} has no stored signing secret to keep"
        mend = "write the secret, or leave it out"
        return integration, [Invalid(sentence, mend=mend, path=f"{path}.secret", code="nothing_kept")]
    if given in (None, KEPT) and known is not None:
        return integration | {"secret": known}, []
    return integration, []


def _lists(policy: Mapping[str, Any]) -> dict[str, Sequence[Plain]]:
    """The lists of targets of a policy, the steps' in order, then the fallback's."""
    lists: dict[str, Sequence[Plain]] = {
        str(place): step.get("targets", ()) for place, step in enumerate(policy.get("steps", ()))
    }
    return lists | ({"fallback": policy["fallback"]} if policy.get("fallback") else {})


def _filled(
    targets: Sequence[Plain], known: Sequence[Sequence[Plain]], place: int, path: str, problems: list[Invalid]
) -> list[Plain]:
    if not any(target.get("url") == KEPT for target in targets):
        return list(targets)
    source = _same_list(targets, known, place)
    filled = []
    for number, target in enumerate(targets):
        if target.get("url") != KEPT:
            filled.append(target)
        elif source is None:
            problems.append(
                _lost("no stored step has these targets, so it is unclear what to keep", f"{path}[{number}]")
            )
        else:
            filled.append(source[number])
    return filled


def _same_list(targets: Sequence[Plain], known: Sequence[Sequence[Plain]], place: int) -> Sequence[Plain] | None:
    """The stored list that these targets were exported from: the one at the same place, else the only one alike."""
    alike = [number for number, one in enumerate(known) if _alike(targets, one)]
    if place in alike:
        return known[place]
    return known[alike[0]] if len(alike) == 1 else None


def _alike(targets: Sequence[Plain], stored: Sequence[Plain]) -> bool:
    if len(targets) != len(stored):
        return False
    return all(
        "url" in kept if target.get("url") == KEPT else target == kept
        for target, kept in zip(targets, stored, strict=True)
    )


def _lost(sentence: str, path: str) -> Invalid:
    return Invalid(sentence, mend=_MEND, path=path, code="nothing_kept")
