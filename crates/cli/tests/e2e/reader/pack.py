"""A pack: the bag, and all that is in it. See "A pack" in docs/FORMAT.md. Signatures are left to ssh-keygen.

    python pack.py TAR

Prints as JSON the numbers of certificates and of proofs, and the fact lines by root."""

from hashlib import sha256
import json
import sys
import tarfile

import certificate
from documents import canonical
import fact
import journal
import merkle
import proof
from refused import Refused, refuse_unless


def main():
    try:
        report = read(sys.argv[1])
    except Refused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 1
    json.dump(report, sys.stdout)
    return 0


def read(path):
    """What a pack holds, after everything in it was checked against everything else."""
    files = unpacked(path)
    listed(files, "tagmanifest-sha256.txt", lambda name: not name.startswith(("data/", "tagmanifest")))
    listed(files, "manifest-sha256.txt", lambda name: name.startswith("data/"))
    data = {name.removeprefix("data/"): content for name, content in files.items() if name.startswith("data/")}
    certificates = read_certificates(data)
    if "journal.ndjson" in data:
        records = journal.read(data["journal.ndjson"])
        check_journal(records, certificates)
        check_stamps(records, data)
    roots = {one[side]["root"] for _, one in certificates for side in ("production", "standby") if one[side]}
    lines = {name[10:-6]: read_lines(content, name) for name, content in data.items() if name.startswith("manifests/")}
    refuse_unless(set(lines) <= roots, "there are lines under a root that no certificate has")
    return {"certificates": len(certificates), "proofs": proofs(data, *certificates[-1]), "lines": lines}


def unpacked(path):
    """The files beneath the one directory of the tar file."""
    with tarfile.open(path, "r:") as tar:
        members = tar.getmembers()
        tops = {member.name.split("/")[0] for member in members}
        refuse_unless(len(tops) == 1, "the bag is not in one directory")
        plain = [member for member in members if member.isfile()]
        refuse_unless(
            all((one.mode, one.mtime, one.uid, one.gid) == (0o644, 0, 0, 0) for one in plain),
            "an entry of the tar file has metadata of its own",
        )
        return {one.name.split("/", 1)[1]: tar.extractfile(one).read() for one in plain}


def listed(files, name, wanted):
    """A list of the bag names just these files, with their digests."""
    refuse_unless(name in files, f"{name} is missing")
    pairs = [line.split("  ", 1) for line in files[name].decode("utf-8").removesuffix("\n").split("\n")]
    expected = {one: sha256(content).hexdigest() for one, content in files.items() if wanted(one)}
    refuse_unless({one: said for said, one in pairs} == expected, f"{name} does not list what there is")


def read_certificates(data):
    """Certificates in order, each with its SHA-256, and all that they name as far as it is there."""
    found = []
    for name, content in data.items():
        if not (name.startswith("certificates/") and name.endswith(".json")):
            continue
        document = certificate.read(content, name)
        refuse_unless(f"{name}.sig" in data, f"{name} has no signature")
        check_files(data, document)
        found.append((sha256(content).hexdigest(), document))
    found.sort(key=lambda one: one[1]["identity"]["sequence"])
    refuse_unless(found, "there is no certificate")
    for (before, _), (_, document) in zip(found, found[1:]):
        refuse_unless(document["identity"]["previous"] == before, "a certificate does not follow the one before")
    return found


def check_files(data, document):
    examples, log = document["examples"], document["changes"]["log"]
    if examples and f"examples/{examples['name']}" in data:
        certificate.read_examples(data[f"examples/{examples['name']}"], document)
    if log and f"logs/{log['name']}" in data:
        certificate.check_attachment(log, data[f"logs/{log['name']}"])
    for output in certificate.outputs_of(document):
        name = f"probes/{document['identity']['pass']}/{output['name']}"
        if name in data:
            certificate.check_attachment(output, data[name])


def check_journal(records, certificates):
    """The journal names all of the certificates in order, and none after the last."""
    named = [record["body"]["sha256"] for record in records if record["kind"] == "certificate"]
    mine = [sha256 for sha256, _ in certificates]
    refuse_unless(named[-len(mine) :] == mine, "the journal names other certificates, or one more")


def check_stamps(records, data):
    """The answers of time-stamp authorities are those that the journal names; what is in them is left to openssl."""
    for record in records:
        if record["kind"] == "timestamp":
            answer = record["body"]["answer"]
            name = f"timestamps/{answer['name']}"
            refuse_unless(name in data, f"{name} is missing")
            certificate.check_attachment(answer, data[name])


def read_lines(content, name):
    """Fact lines whose root is that of the file's name."""
    lines = content.split(b"\n")
    refuse_unless(lines.pop() == b"", f"{name} does not end with a line feed")
    segments = [[]]
    for line in lines:
        segments[-1].append(line)
        if fact.ends_segment(fact.path_of(line)):
            segments.append([])
    root = merkle.root([merkle.root(segment) for segment in segments if segment])
    refuse_unless(name == f"manifests/{root.hex()}.lines", f"the root of {name} is another")
    return [line.decode("ascii") for line in lines]


def proofs(data, sha256, document):
    """How many proofs there are, all of the last certificate."""
    number = 0
    for side in ("production", "standby"):
        for line in filter(None, data.get(f"proofs/{side}.ndjson", b"").split(b"\n")):
            number += 1
            read = proof.read(canonical(line, f"proof {number}"), f"proof {number}")
            refuse_unless(read["side"] == side, f"proof {number} is of the other side")
            proof.check(read, document, sha256)
    return number


if __name__ == "__main__":
    sys.exit(main())
