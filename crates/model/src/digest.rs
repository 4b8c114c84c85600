//! Digests of content: BLAKE3 by default, SHA-256 where a site needs FIPS.

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::fmt;
use std::io::{self, Read};

/// How much of a stream is read at once.
const STREAM_BYTES: usize = 1 << 18;

/// A 32-byte digest of content. Which algorithm made it is said once, by the policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The algorithm of all content digests of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// BLAKE3 with 32 bytes of output.
    #[default]
    Blake3,
    /// SHA-256 (FIPS 180-4).
    Sha256,
}

/// A running digest.
pub enum Hasher {
    /// BLAKE3; boxed, for its state is about two kilobytes.
    Blake3(Box<blake3::Hasher>),
    /// SHA-256.
    Sha256(sha2::Sha256),
}

impl Algorithm {
    /// The word in configuration, manifests and certificates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blake3 => "blake3",
            Self::Sha256 => "sha256",
        }
    }

    /// A fresh running digest.
    pub fn hasher(self) -> Hasher {
        match self {
            Self::Blake3 => Hasher::Blake3(Box::default()),
            Self::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
        }
    }

    /// The digest of all that a reader gives, and how many bytes that was.
    ///
    /// # Errors
    /// The reader's.
    pub fn of_stream(self, input: &mut impl Read) -> io::Result<(Digest, u64)> {
        let (mut hasher, mut len_bytes) = (self.hasher(), 0);
        let mut buffer = vec![0; STREAM_BYTES];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return Ok((hasher.finish(), len_bytes)),
                Ok(len) => {
                    hasher.update(&buffer[..len]);
                    len_bytes += len as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest of bytes at hand.
    pub fn of(self, bytes: &[u8]) -> Digest {
        match self {
            Self::Blake3 => Digest(*blake3::hash(bytes).as_bytes()),
            Self::Sha256 => Digest(sha2::Sha256::digest(bytes).into()),
        }
    }
}

impl Hasher {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Blake3(hasher) => {
                hasher.update(bytes);
            }
            Self::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Adds `len_bytes` zero bytes: a hole of a sparse file.
    pub fn update_zeros(&mut self, len_bytes: u64) {
        static ZEROS: [u8; 65_536] = [0; 65_536];
        let mut left = len_bytes;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROS.len());
            self.update(&ZEROS[..step]);
            left -= step as u64;
        }
    }

    /// The digest of all that was added.
    pub fn finish(self) -> Digest {
        match self {
            Self::Blake3(hasher) => Digest(*hasher.finalize().as_bytes()),
            Self::Sha256(hasher) => Digest(hasher.finalize().into()),
        }
    }
}

impl Digest {
    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (value(pair[0])? << 4) | value(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// Appends 64 lower-case hexadecimal digits.
    pub fn push_hex(&self, out: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        // Digits are ASCII.
        out.push_str(std::str::from_utf8(&text).unwrap_or_default());
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(64);
        self.push_hex(&mut text);
        out.write_str(&text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 32]>::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not 64 lower-case hexadecimal digits"))
    }
}
