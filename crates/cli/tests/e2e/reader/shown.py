"""How names and times are shown to people: in certificates, and in the documents that Counterpart prints."""

from datetime import datetime, timezone

# Characters that turn or hide what is beside them.
HIDING = {0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF}


def name(content):
    """A path or a link's target."""
    out = []
    for character in content.decode("utf-8", "surrogateescape"):
        code = ord(character)
        control = code < 0x20 or 0x7F <= code < 0xA0 or 0xDC80 <= code <= 0xDCFF
        if control or code in HIDING or character == "\\":
            out += [f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape")]
        else:
            out.append(character)
    return "".join(out)


def utc(seconds):
    """A time to the second."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanos(time):
    """A time to the nanosecond, as seconds since 1970."""
    return None if time is None else f"{time[0]}.{time[1]:09}"


def entry(row):
    """A row as `counterpart manifest --json` prints it."""
    hexed = lambda digest: None if digest is None else digest.hex()
    return {
        "path": name(row.path) or ".",
        "path_hex": row.path.hex(),
        "kind": row.kind,
        "standing": row.standing,
        "bytes": row.size,
        "digest": hexed(row.content),
        "target": None if row.target is None else name(row.target),
        "mode": None if row.mode is None else f"{row.mode:04o}",
        "mtime": nanos(row.mtime),
        "owner": None if row.owner is None else row.owner.decode("utf-8"),
        "xattr": hexed(row.xattr),
        "acl": hexed(row.acl),
        "inode": row.inode,
        "mtime_exact": nanos(row.mtime_exact),
        "ctime": nanos(row.ctime),
        "obtained": row.how,
        "obtained_at": None if row.how == "unread" else utc(row.obtained_at),
        "racy": row.racy,
    }
