//! Draws the progress from a thread of its own, so that the work never waits for a terminal.

use super::counters::{Counters, WHOLE};
use crate::args::ProgressForm;
use crate::clock;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const BAR_EVERY: Duration = Duration::from_millis(120);
const LINE_EVERY: Duration = Duration::from_secs(60);

/// What is drawn.
pub(super) struct Display {
    bar: ProgressBar,
    ending: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Display {
    pub(super) fn start(pair: &str, form: ProgressForm, counters: Arc<Counters>) -> Self {
        let bar = new_bar(pair, form == ProgressForm::Bar);
        let drawn = bar.clone();
        let pair = pair.to_owned();
        let ending = match form {
            ProgressForm::None | ProgressForm::Auto => None,
            ProgressForm::Bar => Some(every(BAR_EVERY, move || draw(&drawn, &counters))),
            ProgressForm::Lines => Some(every(LINE_EVERY, move || print_line(&pair, &counters))),
        };
        Self { bar, ending }
    }

    /// Prints a line without tearing the bar.
    pub(super) fn print(&self, line: &str) {
        self.bar.suspend(|| write_line(line));
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.ending.take() {
            drop(sender);
            // It only draws; what became of it does not matter.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

fn new_bar(pair: &str, visible: bool) -> ProgressBar {
    let target = if visible {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(WHOLE), target);
    let style = ProgressStyle::with_template("{prefix} {bar:24} {wide_msg}");
    bar.set_style(
        style
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸ "),
    );
    bar.set_prefix(pair.to_owned());
    bar
}

fn every(interval: Duration, mut work: impl FnMut() + Send + 'static) -> (Sender<()>, JoinHandle<()>) {
    let (sender, ended) = channel();
    let thread = std::thread::spawn(move || {
        while ended.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
            work();
        }
    });
    (sender, thread)
}

fn draw(bar: &ProgressBar, counters: &Counters) {
    bar.set_position(counters.position());
    bar.set_message(counters.line());
}

fn print_line(pair: &str, counters: &Counters) {
    write_line(&format!(
        "{} {pair} {}",
        clock::utc(clock::now().seconds),
        counters.line()
    ));
}

fn write_line(line: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(std::io::stderr(), "{line}");
}
