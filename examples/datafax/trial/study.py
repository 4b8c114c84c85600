"""One study of the stand-in, as its files say it: what every report and the generator read.

A stand-in for DataFax: the names and the tree are DataFax's, the formats inside the files are not.
"""

import os
import re
import sys
import time
from pathlib import Path

FIELDS = ["subject", "visit", "status", "level", "image"]
STATUSES = ["final", "incomplete", "pending"]


class Study:
    """`ROOT/NUMBER`, and beside ROOT the installation that serves it (`system/`)."""

    def __init__(self, root, number):
        self.root = Path(root) / number
        self.number = number
        self.system = Path(root).parent / "system"
        self.status_file = self.root / f".serverstatus{number}"

    def server(self):
        return (self.system / "host").read_text().strip()

    def is_running(self):
        return (self.system / "state").read_text().strip() == "running"

    def files(self):
        """The files of records, by plate."""
        lines = self.lines("lib/DFfile_map")
        return {plate: f"df/{name}" for plate, name, _ in lines}

    def records(self):
        """Every record: its plate, the five fields that all have, and its values."""
        for plate, file in self.files().items():
            for fields in self.lines(file):
                yield plate, dict(zip(FIELDS, fields)), fields[len(FIELDS):]

    def queries(self):
        """Every query: subject, plate, field, status, text."""
        return self.lines("df/DFqc.drf")

    def setup(self):
        """What each plate's values are called, and between which bounds they lie."""
        plates = {}
        for plate, name, low, high in self.lines("lib/DFsetup"):
            plates.setdefault(plate, []).append((name, float(low), float(high)))
        return plates

    def pages(self):
        """The images of pages, retired ones left out, and how many are retired."""
        names = [f"{page.parent.name}/{page.name}" for page in self.root.glob("pages/*/*")]
        retired = [name for name in names if name.split("/")[1].startswith("X")]
        return sorted(set(names) - set(retired)), len(retired)

    def text(self, file):
        try:
            return (self.root / file).read_text()
        except OSError as error:
            sys.exit(f"study {self.number}: cannot read {file}: {error.strerror}")

    def lines(self, file):
        return [line.split("|") for line in self.text(file).splitlines()]

    def mode(self):
        """`read-write` or `read-only`, and who works in the study."""
        mode, *users = self.text(self.status_file.name).splitlines()
        return mode, users

    def set_mode(self, mode, users):
        """Written in place: the directory that it is in stays as it was."""
        self.status_file.write_text("\n".join([mode, *users]) + "\n")


def report(title):
    """The study that the arguments name, and the head that every report has: with the time and the server."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} ROOT STUDY")
    study = Study(sys.argv[1], sys.argv[2])
    if not study.is_running():
        sys.exit(f"DataFax is not running on {study.server()}")
    print(f"{title}, study {study.number}")
    print(f"Server: {study.server()}")
    print(f"Printed: {time.strftime('%Y-%m-%d %H:%M:%S')}")
    print()
    return study


def inconsistencies(found):
    """The last lines of a check: what it found, and how much."""
    for line in sorted(found):
        print(f"  {line}")
    print(f"{len(found)} inconsistencies")


def functions_called(study):
    """The functions that the edit checks call."""
    return sorted(set(re.findall(r"dfexecute\((\w+)\)", study.text("ecsrc/DFedits"))))
