#!/usr/bin/env python3
"""Checks evidence of Counterpart with nothing but Python and ssh-keygen; docs/FORMAT.md says what is checked.
    python3 verify.py PACK                     an unpacked pack: its files, signatures, chain, journal, roots and proofs
    python3 verify.py CERTIFICATE PROOF        that the proof leads to the certificate's root
    python3 verify.py SEQUENCE:HASH PROOF      that the journal of the proof extends the one that had this record as its last
The key in allowed_signers must be known from elsewhere: a pack vouches for itself only as far as its key is trusted."""
import functools, hashlib, json, pathlib, re, subprocess, sys

def need(holds, sentence):
    if not holds: sys.exit(f"DOES NOT HOLD: {sentence}")

def sha(data): return hashlib.sha256(data).hexdigest()
def leaf(data): return hashlib.sha256(b"\0" + data).digest()
def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()

def lines(file):
    *whole, rest = file.read_bytes().split(b"\n")
    need(rest == b"", f"{file.name} does not end with a line")
    return whole

def tree(level):  # RFC 6962, section 2.1
    while len(level) > 1:
        level = [node(*level[at:at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
    return level[0] if level else hashlib.sha256(b"").digest()

def climb(found, way):  # RFC 9162, section 2.1.3.2
    at, last = way["index"], way["leaves"] - 1
    for beside in map(bytes.fromhex, way["hashes"]):
        need(0 <= at <= last and last, "a proof has more hashes than its tree has levels")
        found = node(beside, found) if at % 2 or at == last else node(found, beside)
        while at == last and at % 2 == 0 and at: at, last = at // 2, last // 2
        at, last = at // 2, last // 2
    need(last == 0, "a proof has fewer hashes than its tree has levels")
    return found

def root_of_lines(all_lines):
    segments, leaves = [], []
    for line in all_lines:
        path = re.sub(rb"\\x(..)", lambda byte: bytes.fromhex(byte[1].decode()), line.split(b" ")[1])
        leaves.append(leaf(line))
        if hashlib.sha256(b"" if path == b"." else path).digest()[-2:] in (b"\x00\x00", b"\x80\x00"):
            segments, leaves = segments + [leaf(tree(leaves))], []
    return tree(segments + [leaf(tree(leaves))] if leaves else segments).hex()

def check_proof(proof, certificates):
    need(proof["format"] == {"name": "counterpart-proof", "version": 1}, "a proof is of an unknown format")
    name = proof["certificate"]["sha256"]
    named = {"sha256": name} | {key: certificates.get(name, {"identity": {}})["identity"].get(key) for key in ("pair", "pass", "sequence")}
    need(proof["certificate"] == named, f"the proof of {proof['line']!r} is of another certificate")
    need(certificates[name][proof["side"]]["root"] == proof["root"], f"the proof of {proof['line']!r} has another root")
    found = climb(leaf(climb(leaf(proof["line"].encode()), proof["segment"])), proof["manifest"]).hex()
    need(found == proof["root"], f"the proof of {proof['line']!r} does not lead to its root")

def check_extends(old, proof):
    new, bare = proof["new"], {key: value for key, value in proof["new"].items() if key != "hash"}
    need(proof["format"] == {"name": "counterpart-proof", "version": 1}, "a proof is of an unknown format")
    need(f"{proof['old']['sequence']}:{proof['old']['hash']}" == old, "the proof is of another record")
    canonical = json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    need(sha(canonical) == new["hash"], "the new record has another hash")
    need((proof["records"]["index"] + 1, proof["records"]["leaves"] + 1) == (proof["old"]["sequence"], new["sequence"]), "the numbers of the proof do not fit")
    need(climb(leaf(bytes.fromhex(proof["old"]["hash"])), proof["records"]).hex() == new["root"], "the proof does not lead to the root of the new record")
    print(f"HOLDS: {old} is in the journal that ends with {new['sequence']}:{new['hash']}")

def check_pack(bag):
    for lists in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        listed = [re.fullmatch("([0-9a-f]{64})  ([ -~]+)", line.decode(errors="replace")) for line in lines(bag / lists)]
        need(all(listed), f"{lists} cannot be read")
        names = {line[2]: line[1] for line in listed}
        for name, wanted in names.items():
            need((bag / name).is_file() and sha((bag / name).read_bytes()) == wanted, f"{name} is not as it was packed")
    found = {str(file.relative_to(bag)) for file in (bag / "data").rglob("*") if file.is_file()}
    need(found == set(names), f"these were not packed: {sorted(found - set(names))}")
    data, certificates, before = bag / "data", {}, None
    files = sorted((data / "certificates").glob("*.json"), key=lambda file: json.loads(file.read_bytes())["identity"]["sequence"])
    for file in files:
        body, signature = file.read_bytes(), f"{file}.sig"
        certificate = certificates[sha(body)] = json.loads(body)
        ended = re.sub("[-:T]", "", certificate["times"]["ended"]["utc"])
        signed = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", data / "allowed_signers", "-I", "counterpart", "-n", "counterpart",
                                 "-O", f"verify-time={ended}", "-s", signature], input=body, capture_output=True)
        need(signed.returncode == 0, f"{file.name} is not signed by a key of allowed_signers that was valid then")
        identity = certificate["identity"]
        need(before is None or (identity["sequence"], identity["previous"]) == before, f"{file.name} does not follow the one before")
        before = (identity["sequence"] + 1, sha(body))
        for directory, named in (("logs", certificate["changes"]["log"]), ("examples", certificate["examples"])):
            packed = data / directory / (named["name"] if named else ".")
            need(not packed.is_file() or sha(packed.read_bytes()) == named["sha256"], f"{packed.name} is not what {file.name} names")
        for probe in certificate["probes"]:
            outputs = [probe[site]["output"] or {} for site in ("production", "standby")]
            compared = [output.get("normalised") or {} for output in outputs]
            same = compared[0].get("sha256", 0) == compared[1].get("sha256", 1)
            need(probe["verdict"] != "EQUAL" or same, f"the outputs of the probe {probe['name']} of {file.name} are not equal")
            for named in filter(None, (output.get(kind) for output in outputs for kind in ("raw", "errors", "normalised"))):
                packed = data / "probes" / identity["pass"] / named["name"]
                need(not packed.is_file() or sha(packed.read_bytes()) == named["sha256"], f"{packed.name} is not what {file.name} names")
    previous, told, peaks = "0" * 64, [], []
    for number, line in enumerate(lines(data / "journal.ndjson") if (data / "journal.ndjson").exists() else [], 1):
        record = json.loads(line)
        bare = line.replace(b'"hash":"%s",' % record["hash"].encode(), b"", 1)
        need((record["sequence"], record["previous"], record["hash"]) == (number, previous, sha(bare)), f"record {number} of the journal")
        root = functools.reduce(lambda right, left: node(left[1], right), peaks[-2::-1], peaks[-1][1]) if peaks else tree([])
        need(root.hex() == record["root"], f"record {number} of the journal has another root")
        answer = record["body"].get("answer") if record["kind"] == "timestamp" else None
        need(not answer or sha((data / "timestamps" / answer["name"]).read_bytes()) == answer["sha256"], f"the time-stamp that record {number} names")
        peak = (1, leaf(bytes.fromhex(record["hash"])))
        while peaks and peaks[-1][0] == peak[0]: peak = (2 * peak[0], node(peaks.pop()[1], peak[1]))
        peaks.append(peak)
        previous, told = record["hash"], told + [record["body"].get("sha256")]
    need(not told or set(certificates) <= set(told), "the journal does not name every certificate")
    for file in (data / "manifests").glob("*.lines"):
        need(root_of_lines(lines(file)) == file.stem, f"{file.name} has another root")
        need(any(side and side["root"] == file.stem for c in certificates.values() for side in (c["production"], c["standby"])), f"{file.name} is of no certificate")
    proofs = [json.loads(line) for file in (data / "proofs").glob("*.ndjson") for line in lines(file)]
    for proof in proofs: check_proof(proof, certificates)
    print(f"HOLDS: {len(certificates)} certificates, {len(told)} records, {len(proofs)} proofs, {len(names)} files")

if __name__ == "__main__":
    paths = [pathlib.Path(name) for name in sys.argv[1:]] or [pathlib.Path(__file__).resolve().parent.parent]
    if len(paths) == 1: check_pack(paths[0])
    elif re.fullmatch("[0-9]+:[0-9a-f]{64}", str(paths[0])): check_extends(str(paths[0]), json.loads(paths[1].read_bytes()))
    else:
        body = paths[0].read_bytes()
        check_proof(json.loads(paths[1].read_bytes()), {sha(body): json.loads(body)})
        print(f"HOLDS: {json.loads(paths[1].read_bytes())['line']}")
