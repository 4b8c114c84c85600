//! Logs that other programs left: what each line of rsync's says, and which lines are of one run. Over bytes; no files.
//!
//! What a line does not say is not guessed: a line that is not understood is told as such, and one that can be read in
//! several ways comes with all of them. Believing any of it is the reader's affair: these are claims of an old log.

mod change;
mod letters;
mod line;
mod lines;
mod message;
mod name;
mod plain;
mod runs;
mod stamp;

pub use change::{Change, Done, Form, Reading};
pub use line::{Line, Said};
pub use lines::{Lines, MAX_LINE_BYTES};
pub use message::{Message, Note, Trouble};
pub use name::unescape;
pub use plain::{Packing, plain};
pub use runs::{Place, Runs};
pub use stamp::{Civil, Stamp};
