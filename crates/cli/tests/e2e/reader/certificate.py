"""A certificate and the examples beside it: their shape, and what they may not say. See "A certificate" in docs/FORMAT.md.
Whose signature it bears, and which certificate comes before, is checked elsewhere."""

from hashlib import sha256

from documents import SITES, VERDICTS, absent_or, canonical, count, digest, each, format_of, integer, maybe, moment, one_of, shape
from documents import some, text, true, truth
from refused import refuse_unless

ROT = {"rot-production", "rot-standby", "rot-unknown"}
CLASSES = ["mode", "mtime", "owner", "xattr", "acl", "hardlink"]
LAYERS = ("tree", "database", "probes", "studies", "services")
TALLY = {"files": count, "directories": count, "symlinks": count, "specials": count, "bytes": count}
ATTACHMENT = {"name": text, "bytes": count, "sha256": digest}
SITE = {"location": text, "host": text, "system": text}
EXCLUDED = {"holds": TALLY, "newest": maybe(moment), "counted": moment}
SPAN = {"began": moment, "ended": moment}
HEAD_OF_GROUP = {"code": text, "site": one_of(*SITES), "verdict": one_of(*VERDICTS), "declared": truth}
GROUP = HEAD_OF_GROUP | {"count": count, "bytes": count}
OUTPUT = {
    "began": moment,
    "ended": moment,
    "ended_by": one_of("status", "signal", "timeout"),
    "status": maybe(integer),
    "omitted_bytes": count,
    "raw": ATTACHMENT,
    "errors": maybe(ATTACHMENT),
    "normalised": maybe(ATTACHMENT),
    "clean": maybe(truth),
}
OBSTACLES = ("not-run", "timed-out", "signalled", "failed", "cut-short", "unfit", "empty", "unmatched")
PROBED = {
    "act": one_of("run", "get", "connect", "command"),
    "words": each(text),
    "obstacle": maybe(one_of(*OBSTACLES)),
    "output": maybe(OUTPUT),
}
RULE = {
    "rule": one_of("mask", "drop", "sort", "json_keep", "json_leave"),
    "values": each(text),
    "separator": maybe(text),
}
MANIFEST = {
    "root": digest,
    "holds": TALLY,
    "algorithm": one_of("blake3", "sha256"),
    "obtained": {"read": count, "written": count, "carried": count, "moved": count, "unread": count},
    "unread": TALLY,
    "oldest_read": maybe(moment),
    "mounts": each({"path": text, "kind": text, "identity": text}),
}
CERTIFICATE = {
    "format": format_of("counterpart-certificate"),
    "identity": {"pair": text, "pass": text, "sequence": count, "previous": maybe(digest)},
    "actor": {
        "account": text,
        "person": maybe(text),
        "host": text,
        "command": each(text),
        "reason": maybe(text),
        "schedule": maybe(text),
        "approval": maybe(text),
    },
    "scope": {
        "production": SITE,
        "standby": SITE,
        "layers": each(one_of(*LAYERS)),
        "metadata": each(
            {"class": one_of(*CLASSES), "standing": one_of("compared", "carried", "not-supported", "left-out")}
        ),
        "owner_by": one_of("name", "number"),
        "excluded": {"patterns": each(text), "production": maybe(EXCLUDED), "standby": maybe(EXCLUDED)},
        "stubs": {"patterns": each(text), "no_blocks": truth, "recall": truth},
        "settle_seconds": count,
        "append_only": each(text),
    },
    "times": {
        "as_of": moment,
        "standby_as_of": maybe(moment),
        "began": moment,
        "ended": moment,
        "production_scan": SPAN,
        "standby_scan": maybe(SPAN),
        "clock_offset": maybe({"standby_ahead_ms": integer, "uncertainty_ms": count}),
        "grains": {"production_ns": count, "standby_ns": count, "compared_ns": count},
    },
    "tool": {
        "name": text,
        "version": text,
        "sha256": maybe(digest),
        "agent_sha256": maybe(digest),
        "system": text,
        "configuration": digest,
        "policy": digest,
    },
    "production_state": {
        "hold": one_of("none", "check-idle", "read-only", "stop"),
        "moving_seconds": count,
        "after_cut_off": count,
        "settling": count,
        "database_position": maybe(text),
        "held": absent_or({"from": moment, "until": moment, "held_ms": count}),
        "snapshot": absent_or(true),
        "copied_ahead": absent_or(true),
        "standby_hold": absent_or(one_of("check-idle", "read-only", "stop")),
    },
    "production": maybe(MANIFEST),
    "standby": maybe(MANIFEST),
    "verdicts": {
        "congruent": truth,
        "clean": maybe(truth),
        "layers": each(
            {
                "layer": one_of(*LAYERS),
                "verdict": one_of(*VERDICTS),
                "equal": count,
                "different": count,
                "not_compared": count,
                "unsettled": count,
                "excepted": count,
            }
        ),
    },
    "not_compared": each(GROUP),
    "findings": each(GROUP),
    "failures": {"count": count, "codes": each({"code": text, "count": count})},
    "examples": maybe(ATTACHMENT),
    "changes": {
        "created": count,
        "modified": count,
        "deleted": count,
        "renamed": count,
        "metadata": count,
        "bytes_read": count,
        "bytes_sent": count,
        "log": maybe(ATTACHMENT),
        "history": {"replaced": count, "removed": count, "drifted": count, "kept_until": maybe(moment)},
    },
    "exceptions": each(
        {
            "id": text,
            "pattern": text,
            "codes": each(text),
            "reason": text,
            "owner": text,
            "accepted": moment,
            "expires": moment,
            "matched": count,
        }
    ),
    "probes": each(
        {
            "name": text,
            "rules": each(RULE),
            "clean_rule": maybe({"pattern": maybe(text), "exits": each(integer)}),
            "may_be_empty": truth,
            "verdict": one_of(*VERDICTS),
            "difference": maybe({"only_production": count, "only_standby": count, "not_compared": count}),
            "clean": maybe(truth),
            "production": PROBED,
            "standby": PROBED,
        }
    ),
    "readiness": absent_or(
        some({"name": text, "ready": truth, "why": maybe(text), "at": moment, "since": moment})
    ),
    "steps": absent_or(some({"step": text, "took_ms": count})),
    "sentences": {"compared": text, "not_checked": text},
    "signing": {"format": text, "namespace": text, "principal": text, "fingerprint": text, "public_key": text},
}
NAMED = {"path": text, "message": text}
LISTING = HEAD_OF_GROUP | {"examples": each(NAMED, 20)}
EXAMPLES = {
    "format": format_of("counterpart-examples"),
    "pair": text,
    "pass": text,
    "not_compared": each(LISTING),
    "findings": each(LISTING),
    "failures": each({"path": maybe(text), "code": text, "message": text}, 20),
}


def read(content, name):
    """The document of a certificate that does not contradict itself."""
    document = canonical(content, name)
    shape(CERTIFICATE, document, name)
    classes = [one["class"] for one in document["scope"]["metadata"]]
    refuse_unless(sorted(classes) == sorted(CLASSES), f"{name} does not tell of each class of metadata")
    check_identity(document["identity"], name)
    check_layers(document, name)
    check_exceptions(document, name)
    if document["verdicts"]["congruent"]:
        check_congruent(document, name)
    check_counts(document, name)
    check_probes(document, name)
    return document


def check_identity(identity, name):
    """Rule 1."""
    refuse_unless(identity["sequence"] > 0, f"{name}: its number is 0")
    first = identity["previous"] is None
    refuse_unless(first == (identity["sequence"] == 1), f"{name}: only the first has none before it")


def check_layers(document, name):
    """Rules 2 and 3."""
    layers = document["verdicts"]["layers"]
    judged = [layer["layer"] for layer in layers]
    refuse_unless(judged == document["scope"]["layers"], f"{name}: not one verdict for each layer")
    for layer in layers:
        bad = layer["different"] + layer["unsettled"]
        if layer["verdict"] == "EQUAL":
            refuse_unless(layer["equal"] > 0 and bad + layer["excepted"] == 0, f"{name}: a layer cannot be EQUAL so")
        if layer["verdict"] == "EXCEPTED":
            known = layer["equal"] > 0 or layer["layer"] == "probes"
            refuse_unless(known and layer["excepted"] > 0, f"{name}: a layer cannot be EXCEPTED so")
            refuse_unless(bad == 0, f"{name}: a layer hides something DIFFERENT or UNSETTLED")
        if layer["verdict"] == "NOT-COMPARED":
            refuse_unless(layer["different"] == 0, f"{name}: a layer hides something DIFFERENT")


def check_exceptions(document, name):
    """Rule 10."""
    exceptions = document["exceptions"]
    ids = [one["id"] for one in exceptions]
    refuse_unless(len(ids) == len(set(ids)), f"{name} has two exceptions of one name")
    began = document["times"]["began"]["utc"]
    for one in exceptions:
        refuse_unless(one["expires"]["utc"] > began, f"{name}: {one['id']} had ended when the pass began")
        refuse_unless(one["reason"] and one["owner"], f"{name}: {one['id']} has no reason or nobody who answers for it")
    matched = sum(one["matched"] for one in exceptions)
    excepted = sum(layer["excepted"] for layer in document["verdicts"]["layers"])
    refuse_unless(excepted <= matched, f"{name}: more is EXCEPTED than its exceptions covered")
    codes = {group["code"] for group in document["findings"] if group["verdict"] == "EXCEPTED"}
    refuse_unless(not codes & ROT, f"{name}: rot is EXCEPTED")
    refuse_unless(matched or not codes, f"{name}: a finding is EXCEPTED though no exception covered any")


def check_congruent(document, name):
    """Rule 4."""
    layers = document["verdicts"]["layers"]
    good = [layer for layer in layers if layer["verdict"] in ("EQUAL", "EXCEPTED")]
    left_out = sum(layer["not_compared"] for layer in layers)
    bad = sum(layer["different"] + layer["unsettled"] for layer in layers)
    groups, findings = document["not_compared"], document["findings"]
    refuse_unless(layers and good == layers and bad == 0, f"{name} is congruent though a layer is not")
    refuse_unless(all(group["declared"] for group in groups), f"{name} is congruent over what is not declared")
    refuse_unless(groups or not left_out, f"{name} does not say what was not compared")
    said = {group["verdict"] for group in findings}
    refuse_unless(not said & {"DIFFERENT", "UNSETTLED"}, f"{name} is congruent in spite of a finding")
    refuse_unless(document["production"] and document["standby"], f"{name} is congruent without a manifest")
    why = left_out + sum(layer["excepted"] for layer in layers)
    same = document["production"]["root"] == document["standby"]["root"]
    refuse_unless(same or why, f"{name} is congruent though the roots differ and nothing says why")


def check_counts(document, name):
    """Rules 5 and 6."""
    failures = document["failures"]
    codes = [one["code"] for one in failures["codes"]]
    refuse_unless(codes == sorted(set(codes)), f"{name}: failures are not in the order of their codes")
    total = sum(one["count"] for one in failures["codes"])
    refuse_unless(total == failures["count"], f"{name}: failures are not the sum of their codes")
    if document["examples"] is not None:
        found = document["not_compared"] or document["findings"] or failures["count"]
        refuse_unless(found, f"{name} names examples though nothing was found")
        own = f"{document['identity']['pass']}.examples.json"
        refuse_unless(document["examples"]["name"] == own, f"{name}: its examples have the name of another")


def check_probes(document, name):
    """Rules 7 to 9."""
    probes, layers = document["probes"], document["verdicts"]["layers"]
    for layer in layers:
        if layer["layer"] == "probes":
            for verdict in VERDICTS:
                counted = layer[verdict.lower().replace("-", "_")]
                found = [probe for probe in probes if probe["verdict"] == verdict]
                refuse_unless(len(found) == counted, f"{name}: probes are not those that their layer counts")
    refuse_unless(not probes or "probes" in document["scope"]["layers"], f"{name} has probes that it does not declare")
    for probe in probes:
        check_probe(probe, f"{name}, probe {probe['name']}")
    asked = [probe["clean"] for probe in probes if probe["clean"] is not None]
    asked += [check["ready"] for check in document.get("readiness", [])]
    clean = all(asked) if asked else None
    refuse_unless(document["verdicts"]["clean"] is clean, f"{name} is not clean as its probes are")


def check_probe(probe, name):
    sites = [probe[site] for site in SITES]
    outputs = [site["output"] for site in sites]
    blocked = any(site["obstacle"] is not None for site in sites)
    if probe["verdict"] in ("EQUAL", "DIFFERENT", "EXCEPTED"):
        refuse_unless(all(output and output["normalised"] for output in outputs), f"{name}: an output is missing")
        kinds = [(one["normalised"]["bytes"], one["normalised"]["sha256"], one["ended_by"], one["status"]) for one in outputs]
        same = kinds[0] == kinds[1]
        refuse_unless(not blocked and same == (probe["verdict"] == "EQUAL"), f"{name}: its verdict is not its outputs'")
    if probe["verdict"] == "NOT-COMPARED":
        refuse_unless(blocked, f"{name}: nothing was in the way")
    if probe["verdict"] in ("EQUAL", "NOT-COMPARED"):
        refuse_unless(probe["difference"] is None, f"{name}: lines differ")
    asked = probe["clean_rule"] is not None
    told = [one["clean"] for one in [probe, *filter(None, outputs)]]
    refuse_unless(all((clean is not None) == asked for clean in told), f"{name}: clean was not asked, or not told")
    if asked:
        clean = all(output is not None and output["clean"] for output in outputs)
        refuse_unless(probe["clean"] is clean, f"{name} is not clean as its outputs are")


def outputs_of(document):
    """Each output that a certificate names."""
    for probe in document["probes"]:
        for output in filter(None, (probe[site]["output"] for site in SITES)):
            yield from filter(None, (output["raw"], output["errors"], output["normalised"]))


def check_attachment(attachment, content):
    """A file beside a certificate is the one that it names."""
    name = attachment["name"]
    refuse_unless(len(content) == attachment["bytes"], f"{name} has another length")
    refuse_unless(sha256(content).hexdigest() == attachment["sha256"], f"{name} has another SHA-256")


def read_examples(content, certificate):
    """The examples of a certificate, which belong to it and are not more than it counts."""
    name = certificate["examples"]["name"]
    check_attachment(certificate["examples"], content)
    document = canonical(content, name)
    shape(EXAMPLES, document, name)
    for member in ("pair", "pass"):
        refuse_unless(document[member] == certificate["identity"][member], f"{name} is of another {member}")
    for member in ("not_compared", "findings"):
        counts = {head(group): group["count"] for group in certificate[member]}
        for listing in document[member]:
            most = counts.pop(head(listing), -1)
            refuse_unless(len(listing["examples"]) <= most, f"{name} has a list without its group or longer than it")
    refuse_unless(len(document["failures"]) <= certificate["failures"]["count"], f"{name} has too many failures")
    return document


def head(group):
    return tuple(group[member] for member in HEAD_OF_GROUP)
