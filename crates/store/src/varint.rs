//! Numbers in as few bytes as they need: LEB128, and zigzag for signed ones. Reading never goes past the end.

/// Bytes that are being read from their front.
pub(crate) struct Input<'a> {
    bytes: &'a [u8],
}

/// What is wrong with bytes that were read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Broken(pub(crate) &'static str);

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0)
    }
}

const ENDS_EARLY: Broken = Broken("a record ends early");

/// Appends a number.
#[inline]
pub(crate) fn put(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    out.push(low_byte(number));
}

/// Appends a signed number as its distance from `base`.
#[inline]
pub(crate) fn put_from(base: i64, number: i64, out: &mut Vec<u8>) {
    let distance = number.wrapping_sub(base);
    put(((distance << 1) ^ (distance >> 63)).cast_unsigned(), out);
}

/// Appends a length and the bytes.
#[inline]
pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[inline]
fn low_byte(number: u64) -> u8 {
    number.to_le_bytes()[0]
}

impl<'a> Input<'a> {
    /// Reads from the front of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// One byte.
    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Broken> {
        let (&first, rest) = self.bytes.split_first().ok_or(ENDS_EARLY)?;
        self.bytes = rest;
        Ok(first)
    }

    /// A number.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, Broken> {
        match self.byte()? {
            small @ 0..=0x7f => Ok(u64::from(small)),
            first => self.long_number(first),
        }
    }

    fn long_number(&mut self, first: u8) -> Result<u64, Broken> {
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                break;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Broken("a number has more than 64 bits"))
    }

    /// A number of at most 32 bits.
    #[inline]
    pub(crate) fn small(&mut self) -> Result<u32, Broken> {
        u32::try_from(self.number()?).map_err(|_| Broken("a number is too large"))
    }

    /// A signed number that was written as its distance from `base`.
    #[inline]
    pub(crate) fn number_from(&mut self, base: i64) -> Result<i64, Broken> {
        let zigzag = self.number()?;
        let distance = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
        Ok(base.wrapping_add(distance))
    }

    /// The next `len` bytes.
    #[inline]
    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or(ENDS_EARLY)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// A length and as many bytes.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let len = self.length()?;
        self.take(len)
    }

    /// A number that is a length in memory.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<usize, Broken> {
        usize::try_from(self.number()?).map_err(|_| Broken("a length is too large"))
    }
}
