//! What a message about a pass says, to whom it goes and when, and what waits to be sent.
//!
//! Text and HTML are renderings of one model, and the JSON document says the same. Nothing here knows a pair's
//! configuration, reads a clock or the environment, or prints: times are given, and each way out is told whom to reach.

pub mod channel;
mod letter;
pub mod notice;
pub mod policy;
mod render;
pub mod spool;
pub mod telling;

pub use channel::{ChannelName, Delivered, Outlook, Trouble};
pub use letter::Sending;
pub use notice::{Cause, Changes, Example, Exceptions, LeftOut, Notice, Outcome, Probe, Promise, Side};
pub use policy::{Due, Expected, Rhythm, Said, When, judge};
pub use render::{html, subject, text};
pub use spool::{Backlog, Memory, Spool, Tried, Waiting, Which};
pub use telling::{Paths, PseudonymKey};
