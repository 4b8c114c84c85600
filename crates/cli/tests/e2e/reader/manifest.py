"""A manifest file: its frame, its index and summary, its blocks, its segments and its root. All that can be counted
again is counted again. See "Manifest" in docs/FORMAT.md; a row is read by rows.py."""

import json

from blake3 import blake3
import zstandard

from encoding import Cursor
import fact
from fact import ends_segment
import merkle
from refused import Refused, refuse_unless
import rows as row_reader
from sums import Sums, read_sums, read_tally

MAGIC = b"CPMANIF1"
MAX_HEADER_BYTES = 16 << 20
MAX_FIELDS_BYTES = 4 << 20
HEADER_MEMBERS = {"policy", "algorithm", "grain", "at_seconds", "pair", "role", "extra"}
TAIL_BYTES = 8 + 8 + 16 + 16 + 8


class Manifest:
    """A whole manifest: `header`, `rows`, `lines` of those that are compared, `segments`, `root`, `summary`."""

    def __init__(self, content):
        header_bytes, blocks_bytes, index_bytes, summary_bytes = frame(content)
        self.header = header(header_bytes)
        self.blocks, self.segments = index(Cursor(index_bytes, "index"))
        self.summary = summary(Cursor(summary_bytes, "summary"))
        self.rows = self.read_blocks(Cursor(blocks_bytes, "blocks"))
        self.lines = [fact.line(row) for row in self.rows if row.standing == "compared"]
        self.root = self.count_segments()
        self.check_summary()

    def read_blocks(self, cursor):
        """All rows; every block agrees with the index."""
        rows = []
        for number, block in enumerate(self.blocks):
            block.rows = block.read(cursor, f"block {number}")
            above = rows[-1].path if rows else None
            first = block.rows[0].path
            refuse_unless(
                above is None or row_reader.order(above) < row_reader.order(first),
                f"block {number} begins before the one above it ends",
            )
            rows += block.rows
        cursor.end()
        return rows

    def count_segments(self):
        """The root, over segments whose roots and counts are those of the index."""
        blocks = iter(self.blocks)
        roots = []
        for number, segment in enumerate(self.segments):
            lines = []
            mine = [next(blocks, None) for _ in range(segment["blocks"])]
            refuse_unless(mine and None not in mine, f"segment {number} has blocks that are not there")
            ends = [block.ends_segment for block in mine]
            last = number + 1 == len(self.segments)
            refuse_unless(not any(ends[:-1]) and (ends[-1] or last), f"segment {number} ends at another block")
            for block in mine:
                lines += [fact.line(row) for row in block.rows if row.standing == "compared"]
            refuse_unless(len(lines) == segment["leaves"], f"segment {number} has {len(lines)} leaves")
            refuse_unless(merkle.root(lines) == segment["root"], f"the root of segment {number} is another")
            if lines:
                roots.append(segment["root"])
        refuse_unless(next(blocks, None) is None, "a block is in no segment")
        return merkle.root(roots)

    def check_summary(self):
        """The summary says what the blocks sum up to."""
        total = Sums.of(self.rows)
        refuse_unless(self.summary["root"] == self.root, "the root in the summary is another")
        for name in ("rows", "leaves", "compared", "unread", "not_compared", "files_unread"):
            refuse_unless(self.summary[name] == getattr(total, name), f"the summary's {name} is another")
        digests = total.digests_read + total.digests_written + total.digests_moved
        said = sum(self.summary[name] for name in ("read", "written", "carried", "moved"))
        refuse_unless(digests == said, f"the summary tells of {said} digests, and there are {digests}")
        refuse_unless(self.summary["moved"] == total.digests_moved, "the summary's moved is another")
        oldest = None if total.times is None else total.times[0]
        refuse_unless(self.summary["oldest"] == oldest, "the oldest time in the summary is another")


def checksum(content):
    return blake3(content).digest()[:16]


def frame(content):
    """The four parts of a file whose magics, lengths and checksums hold: header, blocks, index, summary."""
    front = Cursor(content, "manifest")
    refuse_unless(front.take(8) == MAGIC, "it does not begin as a manifest does")
    length = front.take(4)
    header_length = int.from_bytes(length, "little")
    refuse_unless(header_length <= MAX_HEADER_BYTES, f"a header of {header_length} bytes")
    said = front.take(16)
    header_bytes = front.take(header_length)
    refuse_unless(said == checksum(length + header_bytes), "the header's checksum is another")

    refuse_unless(front.left() >= TAIL_BYTES, "the manifest ends before its tail")
    tail = Cursor(content[-TAIL_BYTES:], "tail")
    lengths, over_parts, over_tail = tail.take(16), tail.take(16), tail.take(16)
    refuse_unless(tail.take(8) == MAGIC, "it does not end as a manifest does")
    refuse_unless(over_tail == checksum(lengths + over_parts), "the tail's checksum is another")
    index_length, summary_length = (int.from_bytes(half, "little") for half in (lengths[:8], lengths[8:]))
    blocks_length = front.left() - TAIL_BYTES - index_length - summary_length
    refuse_unless(blocks_length >= 0, "index and summary are longer than the file")
    blocks = front.take(blocks_length)
    index_bytes, summary_bytes = front.take(index_length), front.take(summary_length)
    refuse_unless(over_parts == checksum(index_bytes + summary_bytes), "the checksum of index and summary is another")
    return header_bytes, blocks, index_bytes, summary_bytes


def header(content):
    try:
        document = json.loads(content)
    except ValueError as error:
        raise Refused(f"the header is no JSON: {error}") from error
    refuse_unless(isinstance(document, dict) and set(document) == HEADER_MEMBERS, "the header has other members")
    refuse_unless(document["algorithm"] in ("blake3", "sha256"), "the header names an unknown algorithm")
    refuse_unless(document["role"] in ("production", "standby"), "the header names an unknown role")
    return document


def index(cursor):
    """The list of blocks, and the list of segments."""
    blocks = [Block(cursor) for _ in range(cursor.number())]
    segments = []
    for _ in range(cursor.number()):
        segments.append({"blocks": cursor.number(), "leaves": cursor.number(), "root": cursor.take(32)})
    cursor.end()
    return blocks, segments


def summary(cursor):
    """What the manifest says of itself as a whole."""
    said = {"root": cursor.take(32), "rows": cursor.number(), "leaves": cursor.number()}
    for name in ("compared", "unread", "not_compared"):
        said[name] = read_tally(cursor)
    for name in ("read", "written", "carried", "moved", "files_unread"):
        said[name] = cursor.number()
    said["oldest"] = cursor.signed() if cursor.truth() else None
    cursor.end()
    return said


class Block:
    """What the index says of a block, and how it is read."""

    def __init__(self, cursor):
        self.first = cursor.counted()
        self.packed_bytes = cursor.number()
        self.fields_bytes = cursor.number()
        self.digests = cursor.number()
        self.ends_segment = cursor.truth()
        self.checksum = cursor.take(16)
        self.part = read_sums(cursor)
        length = self.fields_bytes + 32 * self.digests
        refuse_unless(length <= MAX_FIELDS_BYTES, f"a block of {length} bytes")

    def read(self, cursor, what):
        """Its rows, which agree with all that the index says."""
        packed, digests = cursor.take(self.packed_bytes), cursor.take(32 * self.digests)
        refuse_unless(checksum(packed + digests) == self.checksum, f"the checksum of {what} is another")
        rows = row_reader.read(self.unpacked(packed, what), digests, what)
        refuse_unless(rows and rows[0].path == self.first, f"{what} does not begin with the path that the index names")
        ends = [row.ends_segment for row in rows]
        refuse_unless(not any(ends[:-1]) and ends[-1] == self.ends_segment, f"{what} ends a segment elsewhere")
        for row in rows:
            due = row.standing == "compared" and ends_segment(row.path)
            refuse_unless(row.ends_segment == due, f"{what}: {row.path} ends a segment, or does not")
        refuse_unless(Sums.of(rows) == self.part, f"the sums of {what} are not those of its rows")
        return rows

    def unpacked(self, packed, what):
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        try:
            size = zstandard.get_frame_parameters(packed).content_size
            known = (self.fields_bytes, zstandard.CONTENTSIZE_UNKNOWN)
            refuse_unless(size in known, f"{what} unpacks to {size} bytes")
            fields = unpacker.decompress(packed)
        except zstandard.ZstdError as error:
            raise Refused(f"{what} does not unpack: {error}") from error
        refuse_unless(unpacker.eof and not unpacker.unused_data, f"{what} is not one whole frame")
        refuse_unless(len(fields) == self.fields_bytes, f"{what} unpacks to {len(fields)} bytes")
        return fields
