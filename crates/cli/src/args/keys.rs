//! `key …`, and what `certificate verify` takes: who signs, and what is known from elsewhere.

use super::options::{PairArg, PairOption};
use crate::config::value;
use clap::{Args, Subcommand};
use counterpart_model::Digest;

/// What is to be done with the keys that sign.
#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// List the keys of a pair: which is in force, and how the others ended
    #[command(after_help = "Example:\n  counterpart key list study-035")]
    List(PairArg),
    /// Put another key in force; the one before signs for it
    ///
    /// A new key is made in a file of the pair's state, or, where `[pair.NAME.key] agent` names another one, that of an
    /// ssh-agent comes into force. The journal records both public keys and the moment. The private half of a key that
    /// was in a file is deleted, since nothing that it signs is accepted any more.
    #[command(after_help = "Examples:\n  counterpart key rotate study-035\n  \
        counterpart key rotate study-035 --lost --reason 'the token broke, ticket 4711'")]
    Rotate(KeyRotateArgs),
    /// Declare a key that has ended untrustworthy; the key in force signs that
    ///
    /// `certificate verify` then names the certificates that it signed after --since. To revoke the key in force, put
    /// another in force first.
    #[command(
        after_help = "Example:\n  counterpart key revoke SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE \\\n    \
        --since 2026-11-20 --reason 'the backup tape with it was stolen'"
    )]
    Revoke(KeyRevokeArgs),
    /// Print the keys with their times, as `ssh-keygen -Y verify` takes them
    ///
    /// One line a key, with the moments between which what it signed is to be believed.
    #[command(
        name = "allowed-signers",
        after_help = "Example:\n  counterpart key allowed-signers study-035 > allowed_signers"
    )]
    AllowedSigners(PairArg),
}

/// What `key rotate` takes.
#[derive(Args, Clone, Debug)]
pub struct KeyRotateArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// The key in force cannot sign any more: put another in force without its signature; needs --reason
    #[arg(long)]
    pub lost: bool,
}

/// What `key revoke` takes.
#[derive(Args, Clone, Debug)]
pub struct KeyRevokeArgs {
    /// The key's fingerprint, as `key list` shows it
    #[arg(value_name = "FINGERPRINT", value_parser = value::fingerprint)]
    pub fingerprint: String,
    /// Since when it is not to be trusted, in UTC: 2026-11-20 or 2026-11-20T02:14:07Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = value::utc_time)]
    pub since: Option<i64>,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `certificate verify` takes.
#[derive(Args, Clone, Debug)]
pub struct CertificateVerifyArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// A head of the journal from elsewhere, such as a mail: the journal must have that record; may be repeated
    #[arg(long, value_name = "SEQUENCE:HASH", value_parser = head)]
    pub head: Vec<JournalHead>,
    /// Believe this key, though the one before it was lost and did not sign for it; may be repeated
    #[arg(long, value_name = "FINGERPRINT", value_parser = value::fingerprint)]
    pub trust: Vec<String>,
}

/// A record of a journal, as somebody else knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JournalHead {
    /// Its number.
    pub sequence: u64,
    /// Its hash.
    pub hash: Digest,
}

/// `SEQUENCE:HASH`.
pub(super) fn head(text: &str) -> Result<JournalHead, String> {
    let parts = text.trim().split_once(':');
    let read = parts.and_then(|(sequence, hash)| {
        let sequence = sequence.parse().ok().filter(|number| *number > 0)?;
        let hash = Digest::from_hex(&hash.to_ascii_lowercase())?;
        Some(JournalHead { sequence, hash })
    });
    read.ok_or_else(|| "write the record's number, a colon, and the 64 digits of its hash".to_owned())
}
