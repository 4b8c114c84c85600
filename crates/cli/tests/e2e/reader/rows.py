"""The rows of one block of a manifest, from its unpacked fields and its digests. Blocks and sums are not its business."""

from dataclasses import dataclass

from encoding import Cursor, wrapped
from refused import refuse_unless

KINDS = ["file", "directory", "symlink", "hardlink", "special"]
STANDINGS = ["compared", "stub", "special"]
CONTENTS = ["none", "unread", "digest"]
HOWS = ["unread", "read", "written", "moved"]
NANOS = 1_000_000_000


@dataclass
class Row:
    """One entry. What a row does not have is None; times are seconds and nanoseconds."""

    path: bytes
    kind: str
    standing: str
    ends_segment: bool
    size: int
    target: bytes | None
    mode: int | None
    owner: bytes | None
    mtime: tuple | None
    inode: int
    mtime_exact: tuple
    ctime: tuple
    racy: bool
    how: str
    obtained_at: int
    content: bytes | None = None
    xattr: bytes | None = None
    acl: bytes | None = None


def order(path):
    """What rows are sorted by: bytewise, with `/` below every other byte."""
    return path.replace(b"/", b"\x00")


class Before:
    """What the row before left: everything is zero or empty at the beginning of a block."""

    def __init__(self):
        self.path = b""
        self.mode = 0
        self.owner = b""
        self.inode = 0
        self.mtime = 0
        self.ctime = 0
        self.obtained_at = 0


class Flags:
    """The three bytes before a row."""

    def __init__(self, three, what):
        first, second, third = three
        self.kind = named(KINDS, first & 7, what)
        self.standing = named(STANDINGS, first >> 3 & 3, what)
        self.content = named(CONTENTS, first >> 5 & 3, what)
        self.ends_segment = bool(first >> 7)
        has = [bool(second >> bit & 1) for bit in range(6)]
        self.mode, self.mtime, self.owner, self.xattr, self.acl, self.racy = has
        self.how = HOWS[second >> 6]
        same = [bool(third >> bit & 1) for bit in range(8)]
        self.same_mode, self.same_owner, self.exact, self.same_at, self.ctime_is_mtime = same[:5]
        self.size, self.target, zero = same[5:]
        refuse_unless(not zero, f"{what}: a flag that has no meaning is set")


def named(names, number, what):
    refuse_unless(number < len(names), f"{what}: {number} stands for nothing there")
    return names[number]


def read(fields, digests, what):
    """All rows of a block, in order."""
    fields, digests = Cursor(fields, what), Cursor(digests, f"{what}, digests")
    before, rows = Before(), []
    while fields.left():
        flags = Flags(fields.take(3), what)
        row = one(flags, fields, before, what)
        refuse_unless(
            not rows or order(rows[-1].path) < order(row.path), f"{what}: {row.path} is out of order"
        )
        take_digests(row, flags, digests)
        rows.append(row)
    digests.end()
    return rows


def one(flags, fields, before, what):
    """The fields of a row, in the order of the document."""
    before.path = path(fields, before, what)
    size = fields.number() if flags.size else 0
    target = fields.counted() if flags.target else None
    mode = inherited(flags.mode, flags.same_mode, before, "mode", fields.number)
    owner = inherited(flags.owner, flags.same_owner, before, "owner", fields.counted)
    carried = None
    if flags.mtime and not flags.exact:
        carried = (fields.signed(), nanos(fields, what))
    before.inode = (before.inode + fields.signed()) % (1 << 64)
    before.mtime = wrapped(before.mtime + fields.signed())
    mtime = (before.mtime, nanos(fields, what))
    if flags.ctime_is_mtime:
        ctime = mtime
    else:
        ctime = (wrapped(before.ctime + fields.signed()), nanos(fields, what))
    before.ctime = ctime[0]
    if not flags.same_at:
        before.obtained_at = wrapped(before.obtained_at + fields.signed())
    fact_time = None
    if flags.mtime:
        fact_time = mtime if carried is None else (wrapped(mtime[0] + carried[0]), carried[1])
    return Row(
        path=before.path,
        kind=flags.kind,
        standing=flags.standing,
        ends_segment=flags.ends_segment,
        size=size,
        target=target,
        mode=mode,
        owner=owner,
        mtime=fact_time,
        inode=before.inode,
        mtime_exact=mtime,
        ctime=ctime,
        racy=flags.racy,
        how=flags.how,
        obtained_at=before.obtained_at,
    )


def path(fields, before, what):
    """The path: what it shares with the one before, and the rest."""
    shared = fields.number()
    refuse_unless(shared <= len(before.path), f"{what}: a path shares more than the one before it has")
    whole = before.path[:shared] + fields.counted()
    refuse_unless(len(whole) <= 1 << 20, f"{what}: a path of more than 1 MiB")
    return whole


def inherited(has, same, before, name, take):
    """A field that is the same as in the last row that had any, or follows."""
    if not has:
        return None
    if not same:
        setattr(before, name, take())
    return getattr(before, name)


def nanos(fields, what):
    number = fields.number()
    refuse_unless(number < NANOS, f"{what}: {number} nanoseconds are more than a second")
    return number


def take_digests(row, flags, digests):
    """The digests of a row: content, xattr, acl."""
    if flags.content == "digest":
        row.content = digests.take(32)
    if flags.xattr:
        row.xattr = digests.take(32)
    if flags.acl:
        row.acl = digests.take(32)
