//! What passes replaced or removed: `.counterpart/history/<pass>/<n>`, with an index beside it.
//!
//! While a pass writes there, `<pass>.open` lies beside its directory; a crash leaves it, and the next pass
//! settles what it finds. Nothing here decides how long history is kept.

pub(crate) mod aside;
mod copy;
mod export;
mod index;
mod list;
mod metadata;
mod receive;
mod retention;
pub(crate) mod settle;

pub use export::export;
pub use list::versions;
pub use receive::Receiver;
pub use retention::{delete, expired};

use crate::fault;
use counterpart_model::{Code, Failure, path};
use rustix::io::Errno;
use std::ffi::{CStr, CString};

/// The index of a pass, in its directory.
const INDEX: &CStr = c"index";
/// What is added to a pass's name for the mark that it is still being written.
const OPEN_MARK: &str = ".open";

/// The name of a pass's directory, if that can be one.
fn pass_name(pass: &str) -> Result<CString, Failure> {
    let refused = |why: &str| {
        Failure::new(
            Code::NotFound,
            format!("looking for pass {pass:?} in history"),
            why,
        )
    };
    path::check_name(pass.as_bytes()).map_err(|why| refused(&why.to_string()))?;
    if pass.ends_with(OPEN_MARK) {
        return Err(refused("this is not the name of a pass"));
    }
    CString::new(pass).map_err(|why| refused(&why.to_string()))
}

fn open_mark(pass: &str) -> Result<CString, Errno> {
    CString::new(format!("{pass}{OPEN_MARK}")).map_err(|_| Errno::INVAL)
}

fn failing(doing: impl std::fmt::Display, errno: Errno) -> Failure {
    fault::failure(Code::Io, doing, errno)
}
