"""Reads what Counterpart keeps of one pair, checks all that docs/FORMAT.md says can be checked, and prints it as JSON.

    python main.py PAIR-DIRECTORY [--site SITE DIRECTORY] [--tree SITE DIRECTORY] [--head FILE] [--extension FILE]

A site that an agent serves lies elsewhere, and so does the head that it keeps; a tree is compared with its manifest.

It was written from that document alone, and shares no code with Counterpart."""

import argparse
from hashlib import sha256
import json
from pathlib import Path
import sys

import certificate
import exceptions
import journal
from manifest import Manifest
import proof
from refused import Refused, refuse_unless
import shown
import tree


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("pair", type=Path)
    arguments.add_argument("--head", type=Path)
    arguments.add_argument("--extension", type=Path)
    arguments.add_argument("--site", nargs=2, action="append", default=[], metavar=("SITE", "DIRECTORY"))
    arguments.add_argument("--tree", nargs=2, action="append", default=[], metavar=("SITE", "DIRECTORY"))
    chosen = arguments.parse_args()
    try:
        report = read_pair(chosen.pair, dict(chosen.site), dict(chosen.tree), chosen.head, chosen.extension)
    except Refused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 1
    json.dump(report, sys.stdout)
    return 0


def read_pair(home, elsewhere, trees, head, extension):
    """The whole state of a pair, each part checked by itself and against the others."""
    records = journal.read((home / "journal/journal.ndjson").read_bytes())
    if head:
        journal.check_head(json.loads(head.read_bytes()), records)
    if extension:
        check_extension(json.loads(extension.read_bytes()), records)
    certificates = read_certificates(home, records)
    last = certificates[-1]["certificate"]
    sites = {}
    for site in ("production", "standby"):
        lies = Path(elsewhere.get(site, home / site))
        name = json.loads((lies / "current.json").read_bytes())["manifest"]
        held = Manifest((lies / name).read_bytes())
        check_site(last, site, name, held)
        if site in trees:
            check_tree(held, trees[site], last["scope"])
        sites[site] = told(held)
    return {"records": len(records), "certificates": certificates, **sites}


def check_extension(document, records):
    """A proof that the journal extends an older one speaks of this journal."""
    told = proof.read_extension(document, "the proof")
    old = told["old"]
    refuse_unless(records[old["sequence"] - 1]["hash"] == old["hash"], "the proof begins with another record")
    refuse_unless(records[-1] == told["new"], "the proof ends with another record")


def read_certificates(home, records):
    """All certificates that the journal names, in order; each names the one before."""
    found, before, register = [], None, exceptions.Register()
    for record in records:
        register.take(record)
        if record["kind"] != "certificate":
            continue
        body = record["body"]
        name = f"{body['pass']}.json"
        content = (home / "certificates" / name).read_bytes()
        mine = sha256(content).hexdigest()
        refuse_unless(mine == body["sha256"], f"{name} is not the one that the journal names")
        document = certificate.read(content, name)
        identity = document["identity"]
        refuse_unless(identity["pass"] == body["pass"], f"{name} is of another pass")
        refuse_unless(identity["sequence"] == len(found) + 1, f"{name} has another number")
        refuse_unless(identity["previous"] == before, f"{name} does not follow the one before")
        check_files(home, document)
        register.check(document, body, name)
        found.append({"sha256": mine, "certificate": document})
        before = mine
    refuse_unless(found, "there is no certificate")
    return found


def check_files(home, document):
    """What lies beside a certificate is what it names."""
    if document["examples"]:
        content = (home / "certificates" / document["examples"]["name"]).read_bytes()
        certificate.read_examples(content, document)
    if document["changes"]["log"]:
        log = document["changes"]["log"]
        certificate.check_attachment(log, (home / "logs" / log["name"]).read_bytes())


def check_site(document, site, name, held):
    """The last certificate tells of a site what its manifest holds."""
    said, summary = document[site], held.summary
    oldest = None if said["oldest_read"] is None else said["oldest_read"]["utc"]
    obtained = dict(said["obtained"])
    whole = {member: summary[member] for member in ("read", "written", "carried", "moved")}
    whole["unread"] = summary["files_unread"]
    same = {
        "root": (said["root"], held.root.hex()),
        "holds": (said["holds"], summary["compared"]),
        "unread": (said["unread"], summary["unread"]),
        "algorithm": (said["algorithm"], held.header["algorithm"]),
        "mounts": (said["mounts"], held.header["extra"]),
        "policy": (document["tool"]["policy"], held.header["policy"]),
        "pair": (document["identity"]["pair"], held.header["pair"]),
        "role": (site, held.header["role"]),
        "grain": (document["times"]["grains"]["compared_ns"], held.header["grain"]),
        "oldest_read": (oldest, None if summary["oldest"] is None else shown.utc(summary["oldest"])),
        "digests": (sum(obtained.values()), sum(whole.values())),
    }
    if name == f"manifest-{document['identity']['pass']}.cpm":
        same["obtained"] = (obtained, whole)
    for member, (certified, held_there) in same.items():
        refuse_unless(certified == held_there, f"{site}: {member} is certified as {certified}, not {held_there}")


def check_tree(held, root, scope):
    """The lines of a manifest are those of the tree itself."""
    lines = tree.lines(root, held.header, scope)
    for mine, theirs in zip(lines, held.lines):
        refuse_unless(mine == theirs, f"the tree has {mine}, the manifest {theirs}")
    refuse_unless(len(lines) == len(held.lines), f"the tree has {len(lines)} entries, the manifest {len(held.lines)}")


def told(held):
    return {
        "root": held.root.hex(),
        "algorithm": held.header["algorithm"],
        "grain_nanoseconds": held.header["grain"],
        "at": shown.utc(held.header["at_seconds"]),
        "holds": held.summary["compared"],
        "not_compared": held.summary["not_compared"],
        "blocks": len(held.blocks),
        "segments": len(held.segments),
        "entries": [shown.entry(row) for row in held.rows],
    }


if __name__ == "__main__":
    sys.exit(main())
