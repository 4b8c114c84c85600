//! What files do not carry: users, permissions, functions, licences, versions. Each check looks at one such thing at the
//! standby. None of it is compared with production, and none of it makes the copy unequal.

use super::settings::Check;
use super::stage::Stage;
use counterpart_model::{Code, Failure, SiteRole, Timestamp};
use counterpart_port::HowEnded;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// True where it is as it should be.
    pub ready: bool,
    /// Why not.
    pub why: Option<String>,
    /// When it was looked at.
    pub at: Timestamp,
    /// Since when it is so.
    pub since: Timestamp,
}

impl Stage<'_> {
    /// Looks at everything; `before` is what the last pass found.
    ///
    /// # Errors
    /// The standby is lost, or the pass was interrupted. A check that cannot be run is not ready.
    pub(crate) fn readiness(&self, before: &[Checked]) -> Result<Vec<Checked>, Failure> {
        let checks = self.hooks().readiness.iter();
        checks.map(|check| self.check(check, before)).collect()
    }

    fn check(&self, check: &Check, before: &[Checked]) -> Result<Checked, Failure> {
        let why = match self.attempt(SiteRole::Standby, &check.task) {
            Err(failure) if matches!(failure.code, Code::SiteLost | Code::Interrupted) => {
                return Err(failure);
            }
            Err(failure) => Some(failure.why),
            Ok(attempt) if !check.is_good_end(attempt.ended.how) => Some(attempt.why()),
            Ok(attempt) if !check.is_expected(&attempt.output) => Some(format!(
                "its output has nothing like `{}`",
                check.expect.as_deref().unwrap_or_default()
            )),
            Ok(_) => None,
        };
        let at = crate::pass::now();
        let same = |known: &&Checked| known.name == check.name && known.ready == why.is_none();
        Ok(Checked {
            name: check.name.clone(),
            ready: why.is_none(),
            since: before.iter().find(same).map_or(at, |known| known.since),
            why,
            at,
        })
    }
}

impl Check {
    fn is_good_end(&self, how: HowEnded) -> bool {
        match how {
            HowEnded::Exited(code) if self.exit.is_empty() => code == 0,
            HowEnded::Exited(code) => self.exit.contains(&code),
            HowEnded::Answered(status) => (200..300).contains(&status),
            HowEnded::Signalled(_) | HowEnded::TimedOut => false,
        }
    }

    /// The pattern was checked when the configuration was read.
    fn is_expected(&self, output: &[u8]) -> bool {
        let pattern = self.expect.as_deref().map(Regex::new);
        pattern.is_none_or(|pattern| pattern.is_ok_and(|pattern| pattern.is_match(output)))
    }
}
