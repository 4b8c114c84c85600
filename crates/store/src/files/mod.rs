//! Small files and the layout of the state directory.
//!
//! Directories are 0700 and files 0600; no link is followed to a file.

mod bytes;
mod folders;
mod json;
mod json_lines;
mod layout;
pub(crate) mod open;
mod packed;

pub use bytes::{names_with, open_file, read_bytes, rename, write_bytes_atomic, write_bytes_together};
pub use folders::{bytes_of, names_in, remove_all};
pub(crate) use json::{beside, publish};
pub use json::{read_json, remove, write_json_atomic};
pub use json_lines::{append_json_line, each_json_line};
pub use layout::{PairDir, StateDir, make_dir};
pub use packed::{read_packed, write_packed_together};
