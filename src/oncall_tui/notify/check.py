"""Judge the addresses of contact methods in a process of their own, so that nobody else has to load Apprise.

The process (`python -m oncall_tui.notify.check`) reads `{"trusted": …, "urls": […]}` as JSON and writes a list with a
sentence for each address that is no good and null for each that is. It sends nothing; it asks for host names only for
addresses that are not trusted.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from oncall_tui.addresses import is_public, resolve
from oncall_tui.domain.errors import Invalid, Unavailable
from oncall_tui.notify.redact import HOST_SCHEMES, redact_text, scheme_of, secrets_of
from oncall_tui.notify.words.wording import one_line

LONGEST = 2000
WITHIN = 20.0  # seconds for a whole batch
MEND = "Write it as Apprise does, like ntfys://ntfy.example.com/topic or jsons://hooks.example.com/path."

# Plugins that reach this machine's own desktop, devices or log: nobody is paged by them.
LOCAL_SCHEMES = frozenset(
    {"blink1", "dbus", "file", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"}
)
# Parameters by which plugins read a file of this machine, or fetch one from elsewhere.
FILE_PARAMETERS = frozenset({"keyfile", "pgpprv", "pgppub", "subfile", "template"})


def check_url(url: str, *, trusted: bool, path: str = "", timeout: float = WITHIN) -> None:
    """Raises Invalid, with `path`, for an address no page can be sent to. Unavailable when that can't be found out.

    `trusted`: an admin or `config apply` set it, so private hosts are allowed.
    """
    problem = check_urls([url], trusted=trusted, timeout=timeout)[0]
    if problem is not None:
        raise Invalid(problem, mend=MEND, path=path)


def check_urls(urls: Sequence[str], *, trusted: bool, timeout: float = WITHIN) -> list[str | None]:
    """For each address what is wrong with it, as a sentence without secrets, or None; all in one process.

    Raises Unavailable when the process does not answer within `timeout` seconds.
    """
    if not urls:
        return []
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "oncall_tui.notify.check"],
            input=json.dumps({"trusted": trusted, "urls": list(urls)}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unavailable(f"the check took longer than {timeout:g} s") from None
    except OSError as error:
        raise _unavailable(f"the check could not be started: {error.strerror}") from None
    if done.returncode != 0:
        raise _unavailable(f"the check ended with {done.returncode}")
    problems: list[str | None] = json.loads(done.stdout)
    return problems


def _unavailable(why: str) -> Unavailable:
    return Unavailable(f"The addresses of contact methods could not be checked: {why}.", mend="Try again.")


def problem_of(url: str, *, trusted: bool) -> str | None:
    """What is wrong with one address, or None. Loads Apprise: call it in the checking process only."""
    shape = _shape_problem(url)
    if shape is not None:
        return shape
    scheme = scheme_of(url)
    if scheme in LOCAL_SCHEMES:
        return f"{scheme}:// reaches only the machine that sends, not a person."
    plugin = _plugin_or_problem(url, scheme)
    if isinstance(plugin, str):
        return plugin
    if scheme in ("ntfy", "ntfys") and not plugin.topics:
        return f"{scheme}:// needs a topic."
    return None if trusted else _reach_problem(url, plugin)


def _shape_problem(url: str) -> str | None:
    if not url.strip():
        return "The address is empty."
    if len(url) > LONGEST:
        return f"The address is longer than {LONGEST} characters."
    if url != url.strip() or any(not character.isprintable() for character in url):
        return "The address holds blanks at its ends, line breaks or control characters."
    if hides_controls(url):
        return "The address holds line breaks or control characters, written as %0D%0A or the like."
    if "://" not in url:
        return "The address has no scheme."
    return None


def hides_controls(url: str) -> bool:
    """Whether it says control characters by percent signs: plugins undo those, and a header would end early."""
    return any(unicodedata.category(character) == "Cc" for character in unquote(url))


def _plugin_or_problem(url: str, scheme: str) -> Any:
    """The plugin that would send, or a sentence."""
    from oncall_tui.notify.plugins import instantiate, plugin_of

    if (unusable := _unusable(scheme, plugin_of(scheme))) is not None:
        return unusable
    try:
        plugin = instantiate(url)
    except Exception as error:  # noqa: BLE001 - plugins raise what they like for parts they can't read
        words = redact_text(one_line(str(error), 200), secrets_of(url))
        return f"{scheme}:// does not take this: {words}"
    if plugin is None and scheme in ("http", "https"):
        return f"{scheme}:// alone says no kind: for a webhook write {'jsons' if scheme == 'https' else 'json'}://."
    return plugin or f"{scheme}:// is known, but the rest of the address can't be read."


def _unusable(scheme: str, found: Any) -> str | None:
    """Why nothing can be sent to this scheme here, if so; what one look did not find, Apprise is asked for."""
    if found is None and scheme not in ("http", "https"):
        from apprise.apprise import N_MGR

        known: Any = N_MGR
        if scheme not in known:
            close = difflib.get_close_matches(scheme, sorted(known.schemas()), 1)
            hint = f"; did you mean {close[0]}://?" if close else "."
            return f"{scheme}:// is no kind of address we can send to{hint}"
        found = known[scheme]
    if found is not None and not found.enabled:
        return f"{scheme}:// needs a library that is not installed here."
    return None


def _reach_problem(url: str, plugin: Any) -> str | None:
    """What an address set by somebody who is no admin may not reach: files, and hosts that are not public."""
    parameters = {name.lower() for name, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True)}
    files = sorted(parameters & FILE_PARAMETERS)
    if files:
        return f"The parameter {files[0]}= reads files: only an admin may set it."
    for host in sorted(set(_hosts(url, plugin))):
        try:
            addresses = resolve(host, 0)
        except OSError:
            # A topic or a token stands in the host's place, or the name is gone: a page to it reaches nothing private.
            continue
        if not all(map(is_public, addresses)):
            return "The host is not a public one: only an admin may set it."
    return None


def _hosts(url: str, plugin: Any) -> Iterator[str]:
    """Every host that the plugin may talk to: its own, and those inside parameters that are addresses themselves."""
    if scheme_of(url) in HOST_SCHEMES:
        yield urlsplit(url).hostname or ""
    # Many plugins keep a token, an account or a chat number in the host's place.
    named = ("host", "smtp_host") if any("{host}" in template for template in plugin.templates) else ("smtp_host",)
    for value in vars(plugin).values():
        if isinstance(value, str) and "://" in value:
            yield urlsplit(value).hostname or ""
    for name in named:
        value = getattr(plugin, name, None)
        if isinstance(value, str) and value:
            yield value


def main() -> int:
    """Read a batch from standard input, write the judgement to standard output."""
    asked = json.load(sys.stdin)
    problems = [problem_of(url, trusted=bool(asked["trusted"])) for url in asked["urls"]]
    json.dump(problems, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
