"""Numbers and sequences as they stand in binary files: little-endian, LEB128, zigzag, postcard. It knows no format."""

from refused import Refused, refuse_unless

WORD = 1 << 64


def signed(number):
    """The zigzag form undone: 0, 1, 2, 3 are 0, -1, 1, -2."""
    return number >> 1 if number % 2 == 0 else -((number + 1) >> 1)


def wrapped(number):
    """A signed number of 64 bits, as differences that wrap leave it."""
    number %= WORD
    return number - WORD if number >= WORD // 2 else number


class Cursor:
    """Bytes that are read from the front, never beyond their end."""

    def __init__(self, content, what):
        self.content = content
        self.what = what
        self.at = 0

    def left(self):
        return len(self.content) - self.at

    def take(self, length):
        refuse_unless(0 <= length <= self.left(), f"{self.what}: {length} bytes are wanted at {self.at}, where it ends")
        self.at += length
        return self.content[self.at - length : self.at]

    def fixed(self, length):
        """A little-endian number of so many bytes."""
        return int.from_bytes(self.take(length), "little")

    def number(self):
        """A number in LEB128, in its shortest form, of at most 64 bits."""
        value = 0
        for place in range(10):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                refuse_unless(value < WORD, f"{self.what}: a number of more than 64 bits")
                refuse_unless(byte != 0 or place == 0, f"{self.what}: a number is not in its shortest form")
                return value
        raise Refused(f"{self.what}: a number of more than ten bytes")

    def signed(self):
        return signed(self.number())

    def counted(self, most=1 << 20):
        """A length in LEB128 and so many bytes."""
        length = self.number()
        refuse_unless(length <= most, f"{self.what}: a length of {length}, of which {most} are allowed")
        return self.take(length)

    def truth(self):
        byte = self.take(1)[0]
        refuse_unless(byte < 2, f"{self.what}: {byte} is neither true nor false")
        return byte == 1

    def end(self):
        refuse_unless(self.left() == 0, f"{self.what}: {self.left()} bytes follow its end")
