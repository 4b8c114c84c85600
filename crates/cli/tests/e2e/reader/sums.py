"""The sums over rows: of a block, and of a whole manifest. How a row is read is not its business."""

from dataclasses import dataclass, field

TALLY = ("files", "directories", "symlinks", "specials", "bytes")
PLACE = {"file": "files", "hardlink": "files", "directory": "directories", "symlink": "symlinks", "special": "specials"}


def empty():
    return dict.fromkeys(TALLY, 0)


def read_tally(cursor):
    return {name: cursor.number() for name in TALLY}


@dataclass
class Sums:
    """What the index calls a part."""

    rows: int = 0
    leaves: int = 0
    compared: dict = field(default_factory=empty)
    unread: dict = field(default_factory=empty)
    not_compared: dict = field(default_factory=empty)
    digests_read: int = 0
    digests_written: int = 0
    digests_moved: int = 0
    files_unread: int = 0
    times: tuple | None = None

    @classmethod
    def of(cls, rows):
        """The sums over these rows."""
        sums = cls()
        for row in rows:
            sums.add(row)
        return sums

    def add(self, row):
        self.rows += 1
        self.tally(row)
        if row.standing != "compared":
            return
        self.leaves += 1
        if row.content is None or row.how == "unread":
            self.files_unread += row.kind == "file"
            return
        name = f"digests_{row.how}"
        setattr(self, name, getattr(self, name) + 1)
        oldest, newest = self.times or (row.obtained_at, row.obtained_at)
        self.times = (min(oldest, row.obtained_at), max(newest, row.obtained_at))

    def tally(self, row):
        """Counts a row as one thing; the root itself is none."""
        if row.path == b"":
            return
        sorts = [self.compared if row.standing == "compared" else self.not_compared]
        if row.standing == "compared" and row.kind == "file" and (row.content is None or row.how == "unread"):
            sorts.append(self.unread)
        for sort in sorts:
            sort[PLACE[row.kind]] += 1
            sort["bytes"] += row.size


def read_sums(cursor):
    """A part as the index has it."""
    sums = Sums(cursor.number(), cursor.number(), read_tally(cursor), read_tally(cursor), read_tally(cursor))
    sums.digests_read, sums.digests_written = cursor.number(), cursor.number()
    sums.digests_moved, sums.files_unread = cursor.number(), cursor.number()
    if cursor.truth():
        sums.times = (cursor.signed(), cursor.signed())
    return sums
