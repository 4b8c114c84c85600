"""The journal: its records, their hashes and the chain between them; and the head that a far site keeps.
See "Journal file" and "What a far site keeps" in docs/FORMAT.md. What bodies mean is not decided here."""

from hashlib import sha256

import rfc8785

from documents import MAX_INTEGER, canonical, count, digest, shape, text, utc
import merkle
from refused import refuse_unless

NONE_BEFORE = "0" * 64
RECORD = {
    "at": text,
    "at_seconds": count,
    "body": lambda value, where: refuse_unless(isinstance(value, dict), f"{where} is no object"),
    "hash": digest,
    "kind": text,
    "previous": digest,
    "root": digest,
    "sequence": count,
}
HEAD = {"sequence": count, "hash": digest, "pass": text, "at_seconds": count}


def read(content):
    """All records, in order. What a crash left at the end is refused: Counterpart mends it at its next start."""
    *lines, rest = content.split(b"\n")
    refuse_unless(rest == b"", "the last line of the journal has no newline")
    before, tree, records = NONE_BEFORE, merkle.Growing(), []
    for number, line in enumerate(lines, start=1):
        found = record(line, f"record {number}")
        refuse_unless(found["sequence"] == number, f"record {number} has the number {found['sequence']}")
        refuse_unless(found["previous"] == before, f"record {number} does not follow the one before")
        refuse_unless(found["root"] == tree.root().hex(), f"record {number} has another root of those before it")
        records.append(found)
        before = found["hash"]
        tree.add(bytes.fromhex(before))
    return records


def record(line, what):
    """One record, whole in itself."""
    document = canonical(line, what)
    check_record(document, what)
    return document


def check_record(document, what):
    """The members of a record, and its hash over them."""
    shape(RECORD, document, what)
    refuse_unless(document["hash"] == hashed(document), f"{what} has another hash")
    refuse_unless(utc(document["at"], f"{what}.at") == document["at_seconds"], f"{what} has two times")


def hashed(document):
    """The hash of a record: over all of it but this member."""
    unnamed = {name: value for name, value in document.items() if name != "hash"}
    return sha256(rfc8785.dumps(unnamed)).hexdigest()


def check_head(head, records):
    """The head that a far site keeps is in the journal."""
    shape(HEAD, head, "the head")
    refuse_unless(1 <= head["sequence"] <= MAX_INTEGER, "the head has no number")
    refuse_unless(head["sequence"] <= len(records), "the journal ends before its head")
    refuse_unless(records[head["sequence"] - 1]["hash"] == head["hash"], "the head is of another journal")
