//! The key that signs: where it is, and how another takes its place.
//!
//! The journal says which key is in force; the file and the agent only hold keys. So a key that lies there by mistake, or
//! by somebody's will, signs nothing.

mod change;
mod place;

pub use change::{Revoked, Rotated};
pub use place::KeyPlace;

use crate::ledger::Ledger;
use crate::request::Actor;
use counterpart_evidence::Signer;
use counterpart_evidence::certificate::Moment;
use counterpart_evidence::key::bare;
use counterpart_evidence::keys::{After, Event, Known, Statement, StatementActor};
use counterpart_model::{Code, Failure, Timestamp};
use counterpart_store::Record;
use counterpart_store::files::{read_bytes, write_bytes_atomic};

use super::roll::KEY;

/// Who acts on the keys of a pair, when and why.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    /// Name of the pair.
    pub pair: &'a str,
    /// Who.
    pub actor: &'a Actor,
    /// Why.
    pub reason: Option<&'a str>,
    /// When.
    pub at: Timestamp,
    /// The offset of the local clock then, in seconds east of UTC.
    pub utc_offset_seconds: i32,
}

impl Acting<'_> {
    pub(super) fn moment(&self) -> Moment {
        Moment::new(self.at, self.utc_offset_seconds)
    }
}

/// What a statement is about.
#[derive(Default)]
struct About<'a> {
    old: Option<&'a Known>,
    old_signs: Option<&'a dyn Signer>,
    new: Option<&'a dyn Signer>,
    revoked: Option<&'a Known>,
    since: Option<Moment>,
}

impl Ledger {
    /// The key in force, ready to sign; the first one is made, or found, and entered in the journal. Whoever asks holds
    /// the pair.
    ///
    /// # Errors
    /// `key` when it is not where the configuration says, or cannot be used.
    pub(crate) fn signer(&self, acting: &Acting<'_>) -> Result<Box<dyn Signer>, Failure> {
        self.settle_keys()?;
        let roll = self.roll()?;
        let signer = match roll.register.present() {
            Some(present) => self.holder_of(present)?,
            None => self.first_key(acting)?,
        };
        self.write_allowed_signers()?;
        Ok(signer)
    }

    /// Checks that the key is where it should be, before anything is done that it must sign for. Makes none.
    ///
    /// # Errors
    /// As [`Ledger::signer`].
    pub(crate) fn check_signer(&self) -> Result<(), Failure> {
        self.settle_keys()?;
        match (self.roll()?.register.present(), &self.key_place.agent) {
            (Some(present), _) => self.holder_of(present).map(|_| ()),
            (None, Some(_)) => self.configured_key().map(|_| ()),
            (None, None) => Ok(()),
        }
    }

    fn first_key(&self, acting: &Acting<'_>) -> Result<Box<dyn Signer>, Failure> {
        let signer = self.configured_key()?;
        let about = About {
            new: Some(signer.as_ref()),
            ..About::default()
        };
        self.say(acting, Event::First, &about)?;
        Ok(signer)
    }

    /// Enters a statement in the journal, once it holds for whoever reads it.
    fn say(&self, acting: &Acting<'_>, event: Event, about: &About<'_>) -> Result<Record, Failure> {
        let roll = self.roll()?;
        let mut journal = self.journal()?;
        let after = journal.head().map(|head| After {
            hash: head.hash,
            sequence: head.sequence,
        });
        let new = about.new.map(Signer::public_openssh).transpose()?;
        let statement = Statement {
            format: Statement::format(),
            pair: acting.pair.to_owned(),
            event,
            at: acting.moment(),
            actor: StatementActor {
                account: acting.actor.account.clone(),
                host: acting.actor.host.clone(),
            },
            after,
            old: about.old.map(|key| key.public.clone()),
            new: new.map(|public| bare(&public)).transpose()?,
            revoked: about.revoked.map(|key| key.public.clone()),
            since: about.since,
            reason: acting.reason.map(str::to_owned),
        };
        let said = statement.signed(about.old_signs, about.new)?;
        let sequence = after.map_or(1, |after| after.sequence + 1);
        roll.register.clone().take(sequence, after, &said)?;
        journal.append(KEY, acting.at, said.to_body()?)
    }

    /// Writes `allowed_signers` where it says something else.
    fn write_allowed_signers(&self) -> Result<(), Failure> {
        const MAX_BYTES: u64 = 16 << 20;
        let (path, text) = (self.allowed_signers_path()?, self.allowed_signers()?);
        // One that cannot be read is written anew.
        if read_bytes(&path, MAX_BYTES).is_ok_and(|present| present.as_deref() == Some(text.as_bytes())) {
            return Ok(());
        }
        write_bytes_atomic(&path, text.as_bytes())
    }

    fn present_key(&self) -> Result<Known, Failure> {
        let missing = || {
            Failure::new(
                Code::NotFound,
                "looking for the key in force",
                "the pair has none yet",
            )
            .hint("Its first pass makes one: run the pair.")
        };
        self.roll()?.register.present().cloned().ok_or_else(missing)
    }
}
