"""FAULTS C4 17: a SQLite file on a network file system is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.domain.errors import NetworkDisk
from oncall_tui.storage import engine
from oncall_tui.storage.drivers.disks import network_file_system
from oncall_tui.storage.engine import open_store

# The kernel's own lines, proc_pid_mountinfo(5).
MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 / /srv rw,relatime shared:1 - nfs4 files:/srv rw,vers=4.2
41 40 0:41 / /srv/local rw - tmpfs none rw
42 27 0:42 / /mnt/two\\040words rw - cifs //files/two rw
43 27 0:43 / /opt rw - 9p host rw
44 27 0:44 / /opt rw - xfs /dev/vdb rw
not a line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/oncall.db", None),
        ("/srv/oncall/oncall.db", "nfs4"),
        ("/srv/local/oncall.db", None),
        ("/srvx/oncall.db", None),
        ("/mnt/two words/oncall.db", "cifs"),
        ("/opt/oncall.db", None),
    ],
)
def test_c4_17_the_nearest_mount_says_what_a_file_lies_on(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_file_system(Path(path), mounts) == kind


def test_where_the_kernel_does_not_tell_nothing_is_refused(tmp_path: Path) -> None:
    assert network_file_system(tmp_path, tmp_path / "no such file") is None


def test_c4_17_it_is_refused_at_its_first_use_and_not_made(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "network_file_system", lambda path: "nfs4")
    store = open_store(sqlite_url)
    with pytest.raises(NetworkDisk, match="lies on nfs4"):
        store.ping()
    fresh = open_store(str(tmp_path / "fresh.db"))
    with pytest.raises(NetworkDisk):
        fresh.create()
    assert not (tmp_path / "fresh.db").exists()
    allowed = open_store(sqlite_url, any_disk=True)
    allowed.ping()
    for one in (store, fresh, allowed):
        one.close()
