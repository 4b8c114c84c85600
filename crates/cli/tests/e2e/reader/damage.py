"""Damages a file in many ways, one at a time and in memory alone, and prints as JSON what the reader does not refuse.

    python damage.py manifest|journal FILE"""

import json
from pathlib import Path
import sys

import rfc8785

import journal
from manifest import TAIL_BYTES, Manifest, checksum
from refused import Refused


def main():
    kind, file = sys.argv[1:]
    content = Path(file).read_bytes()
    read, damaged = {"manifest": (Manifest, manifests), "journal": (journal.read, journals)}[kind]
    read(content)
    # Anything but a refusal ends this program: a reader that stumbles has not refused.
    print(json.dumps([what for what, bytes in damaged(content) if not refuses(read, bytes)]))


def refuses(read, content):
    try:
        read(content)
    except Refused:
        return True
    return False


def flipped(content, place):
    """One bit of one byte."""
    changed = bytearray(content)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def plain(content):
    """Every byte changed, every end cut off, and a byte more."""
    for place in range(len(content)):
        yield f"byte {place}", flipped(content, place)
        yield f"cut to {place}", content[:place]
    yield "a byte more", content + b"\n"


def manifests(content):
    yield from plain(content)
    # Index and summary changed by somebody who puts the checksums right again.
    tail = content[-TAIL_BYTES:]
    length = int.from_bytes(tail[:8], "little") + int.from_bytes(tail[8:16], "little")
    rest, parts = content[: -TAIL_BYTES - length], content[-TAIL_BYTES - length : -TAIL_BYTES]
    for place in range(length):
        changed = flipped(parts, place)
        over_parts = checksum(changed)
        over_tail = checksum(tail[:16] + over_parts)
        yield f"byte {place} of the index, sealed again", rest + changed + tail[:16] + over_parts + over_tail + tail[-8:]


def journals(content):
    # A journal that ends with a whole record is whole in itself: only its head shows what was cut off.
    ends = {place for place in range(len(content)) if not place or content[place - 1 : place] == b"\n"}
    yield from ((what, bytes) for what, bytes in plain(content) if not (what.startswith("cut") and len(bytes) in ends))
    lines = content.splitlines(keepends=True)
    for place in range(len(lines) - 1):
        yield f"without record {place + 1}", b"".join(lines[:place] + lines[place + 1 :])
        swapped = lines[:place] + [lines[place + 1], lines[place]] + lines[place + 2 :]
        yield f"records {place + 1} and {place + 2} swapped", b"".join(swapped)
    for place, line in enumerate(lines):
        record = json.loads(line)
        record["body"]["pass"] = "another"
        record["hash"] = journal.hashed(record)
        changed = rfc8785.dumps(record) + b"\n"
        # The last one has nobody who knows its hash but the head.
        if place + 1 < len(lines):
            yield f"record {place + 1} made anew", b"".join(lines[:place] + [changed] + lines[place + 1 :])


if __name__ == "__main__":
    main()
