//! A secret while it is in use: it is neither printed, logged nor written down by accident.
//!
//! Where it comes from is the configuration's business; that a core dump does not show it is the system's.

use serde::{Serialize, Serializer};
use std::fmt;

/// What stands wherever a secret would be shown.
const HIDDEN: &str = "hidden";

/// A password, or a value with one in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a value in.
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for whoever must hand it on.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests;
