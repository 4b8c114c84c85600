"""The fact line: the leaf of every root, made from the row of a manifest, and where a segment of such lines ends.
See "The fact line" and "Root" in docs/FORMAT.md."""

from hashlib import sha256

from refused import refuse_unless


def escaped(name):
    """A name as a field of a line."""
    if name == b"-":
        return "\\x2d"
    plain = lambda byte: 0x21 <= byte < 0x7F and byte != 0x5C
    return "".join(chr(byte) if plain(byte) else f"\\x{byte:02x}" for byte in name)


def line(row):
    """The ten fields of a row that is compared."""
    fields = [
        row.kind,
        escaped(row.path) or ".",
        str(row.size) if row.kind == "file" else "-",
        digest(row),
        "-" if row.target is None else escaped(row.target),
        "-" if row.mode is None else f"{row.mode:04o}",
        "-" if row.mtime is None else f"{row.mtime[0]}.{row.mtime[1]:09}",
        "-" if row.owner is None else escaped(row.owner),
        "-" if row.xattr is None else row.xattr.hex(),
        "-" if row.acl is None else row.acl.hex(),
    ]
    return " ".join(fields).encode("ascii")


def digest(row):
    """The field DIGEST."""
    if row.kind != "file":
        return "-"
    return "unread" if row.content is None else row.content.hex()


def ends_segment(path):
    """The rule by which a leaf is the last of its segment; the path is as it is, not as a line writes it."""
    return int.from_bytes(sha256(path).digest()[-2:], "big") % 32768 == 0


def path_of(line):
    """The path of a line, as it is."""
    fields = line.split(b" ")
    refuse_unless(len(fields) == 10, f"{line} does not have ten fields")
    if fields[1] == b".":
        return b""
    first, *others = fields[1].split(b"\\x")
    return first + b"".join(bytes.fromhex(other[:2].decode("ascii")) + other[2:] for other in others)
