//! A pause that somebody asked for: while it lasts, `serve` begins no pass of the pair and ends one that runs.
//!
//! Both the pause and its end are in the journal, with who and why.

use crate::ledger::{Acting, Ledger};
use counterpart_model::{Failure, Timestamp};
use counterpart_store::files::{read_json, remove, write_json_atomic};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;

/// The kinds of record that a pause and its end have in the journal.
const PAUSE: &str = "pause";
const RESUME: &str = "resume";

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when, in seconds since 1970.
    pub since_seconds: i64,
    /// Until when, in seconds since 1970; `None` where somebody will end it.
    pub until_seconds: Option<i64>,
    /// Why.
    pub reason: String,
    /// Who, as `account on host`.
    pub by: String,
}

impl Ledger {
    /// Pauses the pair, instead of a pause that there was.
    ///
    /// # Errors
    /// The journal or the state cannot be written.
    pub fn pause(&self, acting: &Acting<'_>, until_seconds: Option<i64>) -> Result<Pause, Failure> {
        let pause = Pause {
            since_seconds: acting.at.seconds,
            until_seconds,
            reason: acting.reason.unwrap_or_default().to_owned(),
            by: format!("{} on {}", acting.actor.account, acting.actor.host),
        };
        let mut body = who(acting);
        body["until"] = json!(until_seconds.map(|until| Timestamp::new(until, 0).rfc3339()));
        self.journal()?.append(PAUSE, acting.at, body)?;
        write_json_atomic(&self.pause_file()?, &pause)?;
        Ok(pause)
    }

    /// Ends the pause; the one that there was, if any.
    ///
    /// # Errors
    /// The journal or the state cannot be written.
    pub fn resume(&self, acting: &Acting<'_>) -> Result<Option<Pause>, Failure> {
        let Some(pause) = read_json::<Pause>(&self.pause_file()?)? else {
            return Ok(None);
        };
        self.journal()?.append(RESUME, acting.at, who(acting))?;
        remove(&self.pause_file()?)?;
        Ok(Some(pause))
    }

    /// The pause that holds at a time.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn paused(&self, now_seconds: i64) -> Result<Option<Pause>, Failure> {
        let pause = read_json::<Pause>(&self.pause_file()?)?;
        Ok(pause.filter(|pause| pause.until_seconds.is_none_or(|until| until > now_seconds)))
    }

    fn pause_file(&self) -> Result<PathBuf, Failure> {
        Ok(self.dir().schedule_dir()?.join("pause.json"))
    }
}

fn who(acting: &Acting<'_>) -> serde_json::Value {
    json!({
        "account": acting.actor.account,
        "host": acting.actor.host,
        "reason": acting.reason,
    })
}
