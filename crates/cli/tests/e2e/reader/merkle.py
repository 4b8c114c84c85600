"""The tree hash of RFC 6962, section 2.1, with SHA-256, and ways to its root. What the leaves are is no business of this module."""

from hashlib import sha256

from refused import refuse_unless


def root(leaves):
    """The root over leaves, which are bytes: the largest power of two below their number is the left side."""
    if not leaves:
        return sha256().digest()
    # Level by level: a node without a neighbour goes up as it is, which gives the same tree.
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2])]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def followed(leaf, index, leaves, hashes):
    """The root to which a way leads, as RFC 9162, section 2.1.3.2, has it."""
    refuse_unless(0 <= index < leaves, "the way begins beside the tree")
    last = leaves - 1
    found = sha256(b"\x00" + leaf).digest()
    for beside in hashes:
        refuse_unless(last > 0, "the way is too long")
        if index % 2 == 1 or index == last:
            found = sha256(b"\x01" + beside + found).digest()
            while index % 2 == 0 and index > 0:
                index, last = index >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + beside).digest()
        index, last = index >> 1, last >> 1
    refuse_unless(last == 0, "the way is too short")
    return found


class Growing:
    """The root over leaves that come one after the other: the roots of the whole trees that they make up."""

    def __init__(self):
        self.trees = []

    def add(self, leaf):
        size, found = 1, sha256(b"\x00" + leaf).digest()
        while self.trees and self.trees[-1][0] == size:
            found = sha256(b"\x01" + self.trees.pop()[1] + found).digest()
            size *= 2
        self.trees.append((size, found))

    def root(self):
        if not self.trees:
            return sha256().digest()
        *others, (_, found) = self.trees
        for _, left in reversed(others):
            found = sha256(b"\x01" + left + found).digest()
        return found
