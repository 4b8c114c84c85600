//! The pure rules: order and checks of paths, escapes, fact lines, grain, itemised letters, limits of names, globs,
//! and the hash of a policy.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod carry;
mod clock;
mod digest;
mod escapes;
mod excepting;
mod facts;
mod globs;
mod letters;
mod lines;
mod names;
mod paths;
mod policies;
mod tally;
