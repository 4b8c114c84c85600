//! Progress of a pass: a bar with rate and time left on a terminal, one line a minute otherwise; never moving back.

mod counters;
mod display;

use crate::args::ProgressForm;
use crate::clean::clean;
use crate::terminal::Stop;
use counterpart_engine::{Event, Listener};
use counterpart_model::itemize;
use counterpart_port::{Progress, Watch};
use counters::Counters;
use display::Display;
use std::sync::Arc;

/// How much is said of a pass besides its progress.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Talk {
    /// Nothing.
    Nothing,
    /// What a user would want to know at once.
    Some,
    /// Every change and finding.
    Everything,
}

/// Shows one pass while it runs. What is shown goes away when this is dropped.
pub(crate) struct Shown {
    counters: Arc<Counters>,
    display: Display,
    talk: Talk,
    stop: Stop,
}

impl Shown {
    pub(super) fn new(pair: &str, form: ProgressForm, talk: Talk, stop: Stop) -> Self {
        let counters = Arc::new(Counters::new());
        Self {
            display: Display::start(pair, form, Arc::clone(&counters)),
            counters,
            talk,
            stop,
        }
    }

    /// What ends the pass.
    pub(crate) const fn stop(&self) -> &Stop {
        &self.stop
    }

    fn say(&self, event: &Event<'_>) {
        match event {
            Event::Changed { step, .. } => {
                let from = step
                    .from
                    .as_ref()
                    .map(|from| format!("{from} -> "))
                    .unwrap_or_default();
                self.display
                    .print(&format!("{} {from}{}", itemize::letters(step), step.path));
            }
            Event::Found(finding) => {
                let message = clean(&finding.message);
                self.display.print(&format!(
                    "{} {} at {}: {message}",
                    finding.code, finding.path, finding.site
                ));
            }
            _ => {}
        }
    }
}

impl Watch for Shown {
    fn progress(&self, progress: Progress) {
        self.counters.add(progress);
    }

    fn interrupted(&self) -> bool {
        self.stop.is_due()
    }
}

impl Listener for Shown {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Began(step) => self.counters.begin(*step),
            Event::Ahead { entries, bytes } => self.counters.ahead(*entries, *bytes),
            Event::Resumed { changes } if self.talk != Talk::Nothing => {
                let changes = crate::words::counted(*changes, "change", "changes");
                self.display
                    .print(&format!("an interrupted pass is resumed: {changes} taken over"));
            }
            Event::Changed { .. } | Event::Found(_) if self.talk == Talk::Everything => self.say(event),
            Event::Changed { .. } | Event::Found(_) | Event::Resumed { .. } => {}
        }
    }
}
