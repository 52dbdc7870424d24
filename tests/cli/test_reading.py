"""incidents and show, in words and in JSON."""

from __future__ import annotations

from tests.cli.running import KEY, CommandLine
from tests.support.changes import change


def test_the_queue_in_columns(cli: CommandLine) -> None:
    cli.ok("trigger", "Checkout 5xx above 5 %", "--service", "checkout", "--severity", "critical")
    cli.ok("trigger", "度 is hot", "--service", "search", "--severity", "low")
    lines = cli.ok("incidents").splitlines()
    assert lines[0].split() == ["State", "Sev", "No.", "Title", "Service", "With", "Age", "Next"]
    assert len(lines) == 3
    first = next(line for line in lines if "Checkout" in line)
    assert first.index("Checkout") == lines[0].index("Title")
    assert first.index("checkout") == lines[0].index("Service")
    wide = next(line for line in lines if "hot" in line)
    assert wide.index("search") == lines[0].index("Service") - 1, "the wide sign takes two cells"
    assert "\x1b" not in "".join(lines)


def test_what_rests_says_why(cli: CommandLine) -> None:
    told = cli.json("trigger", "slow", "--service", "checkout", "--severity", "low")["number"]
    assert cli.ok("show", str(told)).splitlines()[2].endswith("next: told once")


def test_pages_of_the_queue_follow_each_other(cli: CommandLine) -> None:
    made = [cli.json("trigger", f"t{n}", "--service", "checkout", "--key", f"k{n}")["number"] for n in range(5)]
    seen: list[int] = []
    cursor: list[str] = []
    while True:
        page = cli.json("incidents", "--limit", "2", *cursor)
        seen += [row["number"] for row in page["incidents"]]
        if page["next_cursor"] is None:
            break
        cursor = ["--cursor", page["next_cursor"]]
    assert sorted(seen) == sorted(made)
    assert cli.refused("incidents", "--cursor", "nonsense", status=2)[0]["code"] == "invalid"


def test_the_filter_chooses(cli: CommandLine) -> None:
    one = cli.json("trigger", "disk full", "--service", "checkout", "--severity", "critical")["number"]
    two = cli.json("trigger", "slow", "--service", "search", "--severity", "low")["number"]
    cli.ok("resolve", str(two))

    def numbers(text: str) -> list[int]:
        return sorted(row["number"] for row in cli.json("incidents", "--filter", text)["incidents"])

    assert numbers("") == [one]
    assert numbers("state:all") == sorted([one, two])
    assert numbers("state:resolved service:search") == [two]
    assert numbers("sev>=high disk") == [one]
    assert numbers("service:search") == []


def test_the_queue_in_another_order_and_in_groups(cli: CommandLine) -> None:
    one = cli.json("trigger", "disk", "--service", "search", "--severity", "low", "--key", "a")["number"]
    two = cli.json("trigger", "5xx", "--service", "checkout", "--severity", "critical", "--key", "b")["number"]
    three = cli.json("trigger", "slow", "--service", "checkout", "--severity", "low", "--key", "c")["number"]
    cli.ok("ack", str(three))

    def asked(*flags: str) -> tuple[list[int], bool]:
        page = cli.json("incidents", *flags)
        return [row["number"] for row in page["incidents"]], page["more"]

    assert asked("--sort", "oldest") == ([one, two, three], False)
    assert asked("--sort", "newest", "--limit", "2") == ([three, two], True)
    assert asked("--sort", "oldest", "--group", "service") == ([two, three, one], False)
    assert cli.json("incidents", "--group", "service")["groups"] == [
        {"name": "checkout", "triggered": 1, "acknowledged": 1, "resolved": 0},
        {"name": "search", "triggered": 1, "acknowledged": 0, "resolved": 0},
    ]
    lines = cli.ok("incidents", "--sort", "oldest", "--group", "severity").splitlines()
    assert lines[0].split()[:2] == ["Group", "State"]
    assert [line.split()[0] for line in lines[1:]] == ["critical", "low", "low"]
    assert cli.refused("incidents", "--group", "weekday", status=2)[0]["path"] == "--group"
    cursor = cli.json("incidents", "--limit", "1")["next_cursor"]
    assert cli.refused("incidents", "--sort", "oldest", "--cursor", cursor, status=2)[0]["path"] == "--cursor"


def test_show_tells_a_runbook_that_is_written_in_the_config_file(cli: CommandLine) -> None:
    written = cli.folder / "search.yaml"
    written.write_text(
        'version: 1\nservices: [{name: search, policy: office, runbook: "# Reindex\\n\\n- make index"}]\n'
    )
    cli.ok("config", "apply", str(written))
    number = str(cli.json("trigger", "stale", "--service", "search")["number"])
    assert "\nRunbook\n# Reindex\n\n- make index\n" in cli.ok("show", number)


def test_show_tells_the_whole_story(cli: CommandLine) -> None:
    number = str(cli.json("trigger", "5xx", "--service", "checkout", "--description", "one\ntwo")["number"])
    cli.ok("ack", number, user="bo")
    told = cli.ok("show", number)
    assert f"#{number}  5xx" in told
    assert "acknowledged" in told
    assert "  one\n  two\n" in told
    assert "ana, push" in told or "bo, push" in told


def test_show_lists_what_was_changed_before(cli: CommandLine) -> None:
    change(cli.url, KEY, "checkout \x1b[31m1.3 deployed")
    number = str(cli.json("trigger", "5xx", "--service", "checkout")["number"])
    assert [one["source"] for one in cli.json("show", number)["changes"]] == ["ci"]
    told = cli.ok("show", number).splitlines()
    heading = next(line for line in told if line.startswith("Changed"))
    assert heading.split() == ["Changed", "What", "By"]
    assert "1.3 deployed" in told[told.index(heading) + 1]
    assert "\x1b" not in "".join(told)
