//! Whose standby a root is: `.counterpart/identity.json`.
//!
//! It says which pair the root was given to; it proves nothing, and locks nothing.

use crate::Root;
use counterpart_model::{Code, Failure};
use serde::{Deserialize, Serialize};

/// The identity of a standby's root.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// Name of the pair that it was given to.
    pub pair: String,
    /// 128 random bits in hexadecimal: this root and no other.
    pub id: String,
    /// When it was given, in RFC 3339.
    pub made_at: String,
}

impl Identity {
    /// A fresh identity for a pair.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn fresh(_pair: &str) -> Result<Self, Failure> {
        Err(Failure::new(Code::Io, "identity", "soon"))
    }
}

/// Reads the identity; `None` when the root has none.
///
/// # Errors
/// `state-damaged` when it cannot be understood.
pub fn read(_root: &Root) -> Result<Option<Identity>, Failure> {
    Err(Failure::new(Code::Io, "identity", "soon"))
}

/// Writes the identity, whole or not at all, and makes it durable. The root keeps its times.
///
/// # Errors
/// What the system reports.
pub fn write(_root: &Root, _identity: &Identity) -> Result<(), Failure> {
    Err(Failure::new(Code::Io, "identity", "soon"))
}

/// True when the root holds nothing but, perhaps, `.counterpart`.
///
/// # Errors
/// The root cannot be listed.
pub fn is_empty(_root: &Root) -> Result<bool, Failure> {
    Err(Failure::new(Code::Io, "identity", "soon"))
}
