"""The register of exceptions, which is the journal: what was accepted, what was ended, and whether certificates tell of what
was in force. See "Exceptions" in docs/FORMAT.md."""

from documents import each, moment, shape, text
from refused import refuse_unless

ADDED = {
    "id": text,
    "pattern": text,
    "codes": each(text),
    "reason": text,
    "owner": text,
    "accepted": moment,
    "expires": moment,
    "account": text,
    "host": text,
}
ENDED = {"id": text, "reason": text, "account": text, "host": text}
CERTIFIED = ("id", "pattern", "codes", "reason", "owner", "accepted", "expires")


class Register:
    """Grows record by record."""

    def __init__(self):
        self.known, self.ended = [], set()

    def take(self, record):
        body, what = record["body"], f"record {record['sequence']}"
        if record["kind"] == "exception-added":
            shape(ADDED, body, what)
            refuse_unless(body["id"] == f"x-{len(self.known) + 1}", f"{what} has the name of another exception")
            refuse_unless(body["expires"]["utc"] > body["accepted"]["utc"], f"{what} ends before it begins")
            self.known.append(body)
        if record["kind"] == "exception-ended":
            shape(ENDED, body, what)
            there = any(one["id"] == body["id"] for one in self.known)
            refuse_unless(there and body["id"] not in self.ended, f"{what} ends an exception that there is not")
            self.ended.add(body["id"])

    def check(self, document, body, name):
        """A certificate tells of those in force when its pass began, and the journal of how many entries each covered."""
        told = document["exceptions"]
        counted = {one["id"]: one["matched"] for one in told}
        refuse_unless(body.get("exceptions", {}) == counted, f"{name}: the journal counts other exceptions")
        disbelieved = any(group["code"] == "evidence-broken" for group in document["findings"])
        if not told and disbelieved:
            return
        began = document["times"]["began"]["utc"]
        in_force = [one for one in self.known if one["id"] not in self.ended and began < one["expires"]["utc"]]
        expected = [{member: one[member] for member in CERTIFIED} for one in in_force]
        certified = [{member: one[member] for member in CERTIFIED} for one in told]
        refuse_unless(certified == expected, f"{name} does not tell of the exceptions that were in force")
