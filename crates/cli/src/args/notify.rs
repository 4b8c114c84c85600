//! `notify …`: trying the ways that messages go, and what waits to be sent.

use super::options::PairArg;
use clap::Subcommand;

/// What is to be done with messages.
#[derive(Subcommand, Debug)]
pub enum NotifyCommand {
    /// Send a message that is marked as a test by every way of a pair
    ///
    /// Each is tried at once, and nothing is kept of it. Says what the other end answered; exits with 1 where a way is closed.
    #[command(after_help = "Examples:\n  counterpart notify test\n  counterpart notify test study-035")]
    Test(PairArg),
    /// Send what waits now, what was refused for good, too
    ///
    /// Of all pairs, or of one. Exits with 1 where something still waits.
    #[command(after_help = "Examples:\n  counterpart notify send\n  counterpart notify send study-035")]
    Send(PairArg),
    /// Let go of what waits to be sent
    ///
    /// Of all pairs, or of one. The passes that the messages are about keep their reports and certificates.
    #[command(after_help = "Examples:\n  counterpart notify drop\n  counterpart notify drop study-035")]
    Drop(PairArg),
}
