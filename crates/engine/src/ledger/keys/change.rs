//! A key takes the place of another, or one that has ended is declared untrustworthy.

use super::place::new_key;
use super::{About, Acting};
use crate::ledger::Ledger;
use counterpart_evidence::Signer;
use counterpart_evidence::certificate::Moment;
use counterpart_evidence::key;
use counterpart_evidence::keys::{Event, Known};
use counterpart_model::{Code, Failure};

/// What a rotation did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rotated {
    /// Fingerprint of the key that ended.
    pub old: String,
    /// Fingerprint of the key in force.
    pub new: String,
    /// The record that says so.
    pub record: u64,
}

/// What a revocation did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revoked {
    /// Fingerprint of the revoked key.
    pub fingerprint: String,
    /// Since when it is not to be trusted.
    pub since: Moment,
    /// The record that says so.
    pub record: u64,
}

impl Ledger {
    /// Puts the configured key in force, or a new one in the file; the old one signs for it unless it is `lost`. Whoever
    /// asks holds the pair.
    ///
    /// # Errors
    /// `key` when a key cannot be used, `usage` when the old one is declared lost and is not.
    pub fn rotate_key(&self, acting: &Acting<'_>, lost: bool) -> Result<Rotated, Failure> {
        self.settle_keys()?;
        let old = self.present_key()?;
        let signs = match (self.wherever(&old), lost) {
            (Ok(_), true) => return Err(not_lost(&old)),
            (Err(_), true) => None,
            (found, false) => Some(found?),
        };
        let new = self.successor(&old)?;
        let about = About {
            old: Some(&old),
            old_signs: signs.as_deref(),
            new: Some(new.as_ref()),
            ..About::default()
        };
        let event = if lost { Event::Lost } else { Event::Rotated };
        let record = self.say(acting, event, &about)?;
        self.settle_keys()?;
        self.write_allowed_signers()?;
        Ok(Rotated {
            old: old.fingerprint,
            new: key::fingerprint(&new.public_openssh()?)?,
            record: record.sequence,
        })
    }

    /// The key that follows: the configured one of an agent, else a new one that waits in its file.
    fn successor(&self, old: &Known) -> Result<Box<dyn Signer>, Failure> {
        match &self.key_place.agent {
            Some(wanted) if *wanted == old.fingerprint => {
                let why = format!("the configuration names {wanted}, which is in force already");
                Err(Failure::new(Code::Key, "putting another key in force", why).hint(
                    "Add the new key to the agent, name its fingerprint in [pair.NAME.key] agent, and run this again. \
                     Without that setting the new key is made in a file.",
                ))
            }
            Some(_) => self.configured_key(),
            None => Ok(Box::new(new_key(&self.next_key_path())?)),
        }
    }

    /// Declares a key that has ended untrustworthy since a time; the key in force signs that. Whoever asks holds the pair.
    ///
    /// # Errors
    /// `not-found` when the journal does not name the key, `usage` when it is in force or revoked already.
    pub fn revoke_key(
        &self,
        acting: &Acting<'_>,
        fingerprint: &str,
        since: Option<i64>,
    ) -> Result<Revoked, Failure> {
        self.settle_keys()?;
        let present = self.present_key()?;
        let known = self.roll()?.register.find(fingerprint).cloned();
        let known = known.ok_or_else(|| unknown(fingerprint))?;
        may_be_revoked(&known)?;
        let since = since.map_or_else(
            || acting.moment(),
            |seconds| Moment::from_seconds(seconds, acting.utc_offset_seconds),
        );
        let signer = self.wherever(&present)?;
        let about = About {
            old_signs: Some(signer.as_ref()),
            revoked: Some(&known),
            since: Some(since),
            ..About::default()
        };
        let record = self.say(acting, Event::Revoked, &about)?;
        self.write_allowed_signers()?;
        Ok(Revoked {
            fingerprint: known.fingerprint,
            since,
            record: record.sequence,
        })
    }
}

fn may_be_revoked(known: &Known) -> Result<(), Failure> {
    let refused = |why: String, hint: &str| {
        let doing = format!("revoking {}", known.fingerprint);
        Err(Failure::new(Code::Usage, doing, why).hint(hint))
    };
    if let Some(revoked) = &known.revoked {
        return refused(
            format!("record {} revoked it already", revoked.record),
            "`counterpart key list` shows every key.",
        );
    }
    if known.ended.is_none() {
        return refused(
            "it is the key in force".to_owned(),
            "Put another in force first: `counterpart key rotate`, or `counterpart key rotate --lost` where it cannot sign any \
             more. Then revoke this one.",
        );
    }
    Ok(())
}

fn not_lost(old: &Known) -> Failure {
    let why = format!("{} is there and can sign", old.fingerprint);
    Failure::new(Code::Usage, "declaring the key in force lost", why)
        .hint("Rotate without --lost, so that it signs for the new one; then revoke it if you must.")
}

fn unknown(fingerprint: &str) -> Failure {
    let why = "the journal does not name it";
    Failure::new(Code::NotFound, format!("looking for the key {fingerprint}"), why)
        .hint("`counterpart key list` shows every key.")
}
