"""The fact lines of a tree on the disk, made without any file of Counterpart: what a manifest must say of it.
Stubs, excludes and what cannot be read are not known here. See "The fact line" in docs/FORMAT.md."""

from contextlib import suppress
from grp import getgrgid
from hashlib import sha256
import os
from pwd import getpwuid
import stat
import struct

from blake3 import blake3

import fact
from rows import NANOS, Row, order

ACCESS = b"system.posix_acl_access"
LISTS = (ACCESS, b"system.posix_acl_default")
NAMED_USER, OWNING_GROUP, NAMED_GROUP = 2, 4, 8
MINIMAL = {1, OWNING_GROUP, 32}


def lines(root, header, scope):
    """The lines of every entry that would be compared, in order, with the metadata that the scope compares."""
    carried = {one["class"] for one in scope["metadata"] if one["standing"] == "compared"}
    root = os.fsencode(root)
    paths = sorted(walk(root, b""), key=order)
    leaders = {} if "hardlink" in carried else None
    rows = [observe(root, path, header, leaders) for path in paths]
    for row, path in zip(rows, paths):
        at = os.path.join(root, path)
        row.owner = owner(at, scope["owner_by"])
        if row.acl is not None and "acl" not in carried:
            row.mode = without_list(row.mode, entries(at))
        for name in {"mode", "mtime", "owner", "xattr", "acl"} - carried:
            setattr(row, name, None)
    return [fact.line(row) for row in rows]


def walk(root, path):
    """Every path beneath the root, and the root, which is empty."""
    at = os.path.join(root, path) if path else root
    kind = os.lstat(at).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or stat.S_ISLNK(kind)):
        return
    yield path
    if not stat.S_ISDIR(kind):
        return
    for name in os.listdir(at):
        if path or name != b".counterpart":
            yield from walk(root, path + b"/" + name if path else name)


def observe(root, path, header, leaders):
    """What there is at a path; the first path of an inode leads the others."""
    at = os.path.join(root, path) if path else root
    found = os.lstat(at)
    kind, target, content, size = "file", None, None, 0
    if stat.S_ISDIR(found.st_mode):
        kind = "directory"
    elif stat.S_ISLNK(found.st_mode):
        kind, target = "symlink", os.readlink(at)
    elif leaders is not None and (leader := leaders.setdefault(found.st_ino, path)) != path:
        kind, target = "hardlink", leader
    else:
        content, size = digest(at, header["algorithm"]), found.st_size
    link = kind == "symlink"
    return Row(
        path=path,
        kind=kind,
        standing="compared",
        ends_segment=False,
        size=size,
        target=target,
        mode=None if link else found.st_mode & 0o7777,
        owner=None,
        mtime=cut(found.st_mtime_ns, header["grain"]),
        inode=found.st_ino,
        mtime_exact=divmod(found.st_mtime_ns, NANOS),
        ctime=divmod(found.st_ctime_ns, NANOS),
        racy=False,
        how="read",
        obtained_at=0,
        content=content,
        xattr=None if link else attributes(at, lambda name: name.startswith(b"user.")),
        acl=None if link else attributes(at, lambda name: name in LISTS and not (name == ACCESS and is_minimal(at))),
    )


def owner(at, by):
    """User and group; who has no name stands by number."""
    found = os.lstat(at)
    user, group = str(found.st_uid), str(found.st_gid)
    if by == "name":
        with suppress(KeyError):
            user = getpwuid(found.st_uid).pw_name
        with suppress(KeyError):
            group = getgrgid(found.st_gid).gr_name
    return f"{user}:{group}".encode()


def digest(at, algorithm):
    with open(at, "rb") as file:
        content = file.read()
    return blake3(content).digest() if algorithm == "blake3" else sha256(content).digest()


def cut(nanos, grain):
    """A time without what is finer than the grain."""
    return divmod(nanos - nanos % grain, NANOS)


def entries(at):
    """The entries of an access list: tag and bits of each."""
    if ACCESS not in map(os.fsencode, os.listxattr(at, follow_symlinks=False)):
        return []
    return [(tag, bits & 7) for tag, bits, _ in struct.iter_unpack("<HHI", os.getxattr(at, ACCESS)[4:])]


def is_minimal(at):
    """Whether an access list says no more than the permission bits."""
    return {tag for tag, _ in entries(at)} == MINIMAL


def without_list(mode, found):
    """The permission bits where an access list is not carried: nobody gets more than it gave."""
    if not found:
        return mode
    mask = mode >> 3 & 7

    def bound(*tags):
        bits = 7
        for tag, given in found:
            if tag in tags:
                bits &= given & mask
        return bits

    group = mask & dict(found).get(OWNING_GROUP, 0) & bound(NAMED_USER)
    others = mode & 7 & bound(NAMED_USER, NAMED_GROUP)
    return mode & ~0o77 | group << 3 | others


def attributes(at, wanted):
    """The digest over attributes: length and name, length and value of each, in order of names."""
    names = sorted(name for name in map(os.fsencode, os.listxattr(at, follow_symlinks=False)) if wanted(name))
    if not names:
        return None
    hashed = sha256()
    for name in names:
        for part in (name, os.getxattr(at, name, follow_symlinks=False)):
            hashed.update(len(part).to_bytes(4, "little") + part)
    return hashed.digest()
