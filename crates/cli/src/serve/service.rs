//! What the service manager is told: that `serve` is ready, reloads, lives, stops, and how it stands.
//!
//! Signs of life come from the loop itself, at half the time that the manager waits for one: a loop that hangs sends none.

use sd_notify::NotifyState;
use std::time::{Duration, Instant};

/// See the module. Without a service manager nothing is sent.
pub(super) struct Service {
    alive_every: Option<Duration>,
    alive: Option<Instant>,
    status: String,
}

impl Service {
    /// As the environment says that somebody listens.
    pub(super) fn of_environment() -> Self {
        Self {
            alive_every: sd_notify::watchdog_enabled().map(|time| time / 2),
            alive: None,
            status: String::new(),
        }
    }

    /// How long the loop may sleep, of the time that it would.
    pub(super) fn at_most(&self, time: Duration) -> Duration {
        // Twice as often as a sign is due, so that none is late by a whole sleep.
        self.alive_every.map_or(time, |every| time.min(every / 2))
    }

    /// Everything was read, and pairs run from now on.
    pub(super) fn ready() {
        tell(&[NotifyState::Ready]);
    }

    /// The configuration is read again; [`Service::ready`] follows.
    pub(super) fn reloading() {
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            tell(&[NotifyState::Reloading, now]);
        }
    }

    /// The end began.
    pub(super) fn stopping() {
        tell(&[NotifyState::Stopping]);
    }

    /// How things stand, where that is new.
    pub(super) fn status(&mut self, status: String) {
        if status != self.status {
            tell(&[NotifyState::Status(&status)]);
            self.status = status;
        }
    }

    /// The loop came round.
    pub(super) fn alive(&mut self) {
        let is_due = |every: Duration| self.alive.is_none_or(|alive| alive.elapsed() >= every);
        if self.alive_every.is_some_and(is_due) {
            tell(&[NotifyState::Watchdog]);
            self.alive = Some(Instant::now());
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    // A manager that cannot be told will say so itself.
    let _ = sd_notify::notify(states);
}
