//! Whether a site is idle: by a command that says so. That no file changed for a while, a scan says; see the pass.

use super::settings::Hold;
use super::stage::Stage;
use counterpart_model::{Code, Failure, SiteRole};
use std::time::{Duration, Instant};

/// How long a busy site is waited for between two looks.
const LOOK: Duration = Duration::from_secs(2);

impl Stage<'_> {
    /// Waits as long as the configuration allows until the command says that the site is idle.
    pub(super) fn wait_until_idle(&self, role: SiteRole, hold: &Hold) -> Result<(), Failure> {
        let Some(idle) = &hold.idle else { return Ok(()) };
        let began = Instant::now();
        loop {
            let attempt = self.attempt(role, idle)?;
            if attempt.ended.is_good() {
                return Ok(());
            }
            if !self.may_wait(began, hold)? {
                return Err(busy(role, &format!("{}: {}", idle.act, attempt.why())));
            }
        }
    }

    /// Waits for a busy site once more; false when it was waited for long enough.
    pub(crate) fn may_wait(&self, began: Instant, hold: &Hold) -> Result<bool, Failure> {
        let left = Duration::from_secs(hold.wait_seconds).saturating_sub(began.elapsed());
        if left.is_zero() {
            return Ok(false);
        }
        self.pause(left.min(LOOK)).map(|()| true)
    }

    /// Asks an idle site once more, after it was observed; true where nobody is asked.
    pub(crate) fn is_still_idle(&self, role: SiteRole) -> Result<bool, Failure> {
        match &self.hooks().hold(role).idle {
            Some(idle) => Ok(self.attempt(role, idle)?.ended.is_good()),
            None => Ok(true),
        }
    }
}

/// A pass that may not begin.
pub(crate) fn busy(role: SiteRole, why: &str) -> Failure {
    Failure::new(
        Code::ProductionBusy,
        format!("looking whether {role} is idle"),
        why,
    )
}
