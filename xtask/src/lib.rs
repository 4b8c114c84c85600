//! The project's own chores: running the tests, checking the house, measuring beside peers.
//! It is not part of the product: nothing in `crates/` depends on it, and it depends on nothing there.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "chores read files, run programs and read the environment; the rule is for the product's libraries"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "chores talk to the person who runs them"
)]

pub mod bench;
pub mod ci;
pub mod house;
pub mod process;
pub mod reference;
pub mod soak;
pub mod testing;
pub mod workspace;
