"""Proofs: that a line is in the root of a certificate, and that a journal extends an older one. See "Proofs" in docs/FORMAT.md."""

from documents import SITES, count, digest, each, format_of, one_of, shape, text
import journal
import merkle
from refused import refuse_unless

WAY = {"index": count, "leaves": count, "hashes": each(digest)}
PROOF = {
    "format": format_of("counterpart-proof"),
    "certificate": {"pair": text, "pass": text, "sequence": count, "sha256": digest},
    "side": one_of(*SITES),
    "line": text,
    "segment": WAY,
    "manifest": WAY,
    "root": digest,
}

EXTENSION = {
    "format": format_of("counterpart-proof"),
    "old": {"sequence": count, "hash": digest},
    "new": journal.RECORD,
    "records": WAY,
}


def read(document, what):
    """A proof that leads where it says."""
    shape(PROOF, document, what)
    refuse_unless(document["line"].isascii(), f"{what}: the line is not in ASCII")
    segment = follow(document["line"].encode("ascii"), document["segment"])
    refuse_unless(follow(segment, document["manifest"]).hex() == document["root"], f"{what} leads to another root")
    return document


def follow(leaf, way):
    return merkle.followed(leaf, way["index"], way["leaves"], [bytes.fromhex(one) for one in way["hashes"]])


def check(document, certificate, sha256):
    """The proof is of this certificate, and leads to its root."""
    identity = {member: certificate["identity"][member] for member in ("pair", "pass", "sequence")}
    refuse_unless(document["certificate"] == identity | {"sha256": sha256}, "the proof is of another certificate")
    held = certificate[document["side"]]
    refuse_unless(held and held["root"] == document["root"], "the certificate has another root")


def read_extension(document, what):
    """A proof that a journal extends an older one, of which the last record is known."""
    shape(EXTENSION, document, what)
    old, new, way = document["old"], document["new"], document["records"]
    journal.check_record(new, f"{what}: the last record")
    refuse_unless(way["index"] == old["sequence"] - 1, f"{what} is about another record")
    refuse_unless(way["leaves"] == new["sequence"] - 1, f"{what} is about another journal")
    root = follow(bytes.fromhex(old["hash"]), way)
    refuse_unless(root.hex() == new["root"], f"{what} leads to another root")
    return document
