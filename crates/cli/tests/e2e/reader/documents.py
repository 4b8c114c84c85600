"""JSON that must be canonical, and the shapes that its members may have. Which document has which is not said here."""

import json
import re
from datetime import datetime

import rfc8785

from refused import Refused, refuse_unless

MAX_BYTES = 16 << 20
MAX_INTEGER = (1 << 53) - 1
VERDICTS = ("EQUAL", "DIFFERENT", "NOT-COMPARED", "UNSETTLED", "EXCEPTED")
SITES = ("production", "standby")


def canonical(content, what):
    """The document of bytes that are RFC 8785, to the byte."""
    refuse_unless(len(content) <= MAX_BYTES, f"{what} has {len(content)} bytes")
    try:
        document = json.loads(content.decode("utf-8"), parse_float=no_fraction, parse_constant=no_fraction)
        written = rfc8785.dumps(document)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{what} is no JSON that RFC 8785 could write: {error}") from error
    refuse_unless(written == content, f"{what} is not written canonically")
    return document


def no_fraction(text):
    raise ValueError(f"{text} is no integer")


def text(value, where):
    refuse_unless(isinstance(value, str), f"{where} is no text")


def truth(value, where):
    refuse_unless(isinstance(value, bool), f"{where} is neither true nor false")


def integer(value, where):
    whole = isinstance(value, int) and not isinstance(value, bool)
    refuse_unless(whole and abs(value) <= MAX_INTEGER, f"{where} is no integer")


def count(value, where):
    integer(value, where)
    refuse_unless(value >= 0, f"{where} is below zero")


def digest(value, where):
    matched(value, "[0-9a-f]{64}", where)


def matched(value, pattern, where):
    text(value, where)
    refuse_unless(re.fullmatch(pattern, value), f"{where} is not written as it must be")


def moment(value, where):
    """UTC to the second, and the offset of a local clock."""
    shape({"offset": text, "utc": text}, value, where)
    matched(value["offset"], r"[+-]([01]\d|2[0-3]):[0-5]\d", f"{where}.offset")
    refuse_unless(value["offset"] != "-00:00", f"{where}.offset is not written as it must be")
    utc(value["utc"], f"{where}.utc")


def utc(value, where):
    """RFC 3339 to the second; gives the seconds since 1970."""
    matched(value, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", where)
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except ValueError as error:
        raise Refused(f"{where} is no time: {error}") from error


def one_of(*words):
    def check(value, where):
        refuse_unless(isinstance(value, str) and value in words, f"{where} is none of {', '.join(words)}")

    return check


def maybe(inner):
    """May be null."""
    return lambda value, where: value is None or shape(inner, value, where)


def absent_or(inner):
    """May be left out."""

    def check(value, where):
        shape(inner, value, where)

    check.may_be_absent = True
    return check


def each(inner, most=None):
    """A list of such."""

    def check(value, where):
        refuse_unless(isinstance(value, list), f"{where} is no list")
        refuse_unless(most is None or len(value) <= most, f"{where} has more than {most}")
        for number, item in enumerate(value):
            shape(inner, item, f"{where}[{number}]")

    return check


def some(inner):
    """A list of such that is not empty."""

    def check(value, where):
        each(inner)(value, where)
        refuse_unless(value != [], f"{where} is empty")

    return check


def true(value, where):
    """Is there only where it is so."""
    refuse_unless(value is True, f"{where} is not true")


def shape(inner, value, where):
    """Checks a value against a function, or against an object whose members are all there, but for those that may be
    absent, and none besides."""
    if callable(inner):
        inner(value, where)
        return
    refuse_unless(isinstance(value, dict), f"{where} is no object")
    for name in sorted(set(value) - set(inner)):
        raise Refused(f"{where}.{name} is unknown")
    for name, part in inner.items():
        if name in value:
            shape(part, value[name], f"{where}.{name}")
        else:
            refuse_unless(getattr(part, "may_be_absent", False), f"{where}.{name} is missing")


def format_of(name):
    """The member `format` of a document of this name."""

    def check(value, where):
        refuse_unless(value == {"name": name, "version": 1}, f"{where} is another format")

    return check
