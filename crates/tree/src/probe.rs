//! Measures what a standby's filesystem can hold.

use crate::Root;
use counterpart_model::{Code, Failure};
use counterpart_port::Capabilities;

/// Measures in `.counterpart/incoming`, and clears up after itself and after a probe that was killed.
///
/// # Errors
/// `.counterpart` cannot be made, or nothing can be written there.
pub fn measure(_root: &Root) -> Result<Capabilities, Failure> {
    Err(Failure::new(Code::Io, "probe", "soon"))
}

/// What the kind of filesystem is known to hold; nothing is written.
///
/// # Errors
/// The filesystem cannot be asked.
pub fn assume(_root: &Root) -> Result<Capabilities, Failure> {
    Err(Failure::new(Code::Io, "probe", "soon"))
}
