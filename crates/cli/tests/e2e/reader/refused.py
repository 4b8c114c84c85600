"""The one way in which this reader says no. It is not a list of codes: a sentence says what is wrong and where."""


class Refused(Exception):
    """What was read is not what docs/FORMAT.md says."""


def refuse_unless(holds, sentence):
    """Raises where something that must hold does not."""
    if not holds:
        raise Refused(sentence)
