"""Which file systems a SQLite database may lie on: locks over a network do not hold, whatever they say."""

from __future__ import annotations

from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
# As the kernel names them, proc_pid_mountinfo(5), field 9.
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "9p", "lustre", "glusterfs", "ocfs2", "gfs2"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone"}
)


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the network file system that `path` lies on, like nfs4; None when it lies on a disk of this host.

    None as well where the kernel does not tell (`mounts` can't be read).
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    nearest, kind = -1, None
    place = path.resolve()
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        root = Path(_unescaped(fields[4]))
        # Of several mounts at one place the last is the one that is seen.
        if place.is_relative_to(root) and len(root.parts) >= nearest:
            nearest, kind = len(root.parts), after.split(" ")[0]
    return kind if kind in NETWORK else None


def _unescaped(field: str) -> str:
    """Blanks and the like are written as three octal digits."""
    for sign in " \t\n\\":
        field = field.replace(f"\\{ord(sign):03o}", sign)
    return field
