//! All printing: documents on standard output, messages, progress and errors on standard error.

mod paint;
mod progress;
mod signals;
mod stop;

pub(crate) use paint::Paint;
pub(crate) use progress::Shown;
use progress::Talk;
pub(crate) use signals::{hangup_flag, interrupted_flag, is_interrupted};
pub(crate) use stop::Stop;

use crate::args::{ColourWhen, Global, ProgressForm};
use crate::clean::{clean, clean_lines};
use crate::documents::ErrorDocument;
use counterpart_model::{Code, Failure};
use serde::Serialize;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The terminal, or whatever stands in its place.
pub(crate) struct Terminal {
    json: bool,
    quiet: bool,
    verbose: bool,
    progress: ProgressForm,
    out: Paint,
    err: Paint,
}

/// Standard output for what is too long to be held. A reader that goes away ends the writing, not the program.
pub(crate) struct Output {
    inner: std::io::BufWriter<std::io::Stdout>,
    gone: bool,
}

impl Terminal {
    /// As the options say.
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: global.progress,
            out: Paint::for_stream(global.color, std::io::stdout().is_terminal()),
            err: Paint::for_stream(global.color, std::io::stderr().is_terminal()),
        }
    }

    /// Before the arguments are understood: only what can be seen without understanding them.
    pub(crate) fn before_arguments(arguments: &[OsString]) -> Self {
        let mut global = Global {
            json: arguments.iter().any(|word| word == "--json"),
            ..Global::default()
        };
        if arguments.iter().any(|word| word == "--color=never") {
            global.color = ColourWhen::Never;
        }
        Self::new(&global)
    }

    /// True when a JSON document is wanted.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// True when documents have colours.
    pub(crate) const fn paints(&self) -> bool {
        self.out.is_on()
    }

    /// The colours of documents.
    pub(crate) const fn paint(&self) -> Paint {
        self.out
    }

    /// Shows the progress of one pass, which signals, its deadline or `asked` end.
    pub(crate) fn watch(
        &self,
        pair: &str,
        deadline_seconds: Option<u64>,
        asked: Option<Arc<AtomicBool>>,
    ) -> Shown {
        let form = match (self.quiet, self.progress) {
            (true, _) => ProgressForm::None,
            (false, ProgressForm::Auto) if std::io::stderr().is_terminal() => ProgressForm::Bar,
            (false, ProgressForm::Auto) => ProgressForm::Lines,
            (false, form) => form,
        };
        let talk = match (self.quiet, self.verbose) {
            (true, _) => Talk::Nothing,
            (false, false) => Talk::Some,
            (false, true) => Talk::Everything,
        };
        Shown::new(pair, form, talk, Stop::new(deadline_seconds, asked))
    }

    /// Prints a text document.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        let mut output = self.stream();
        output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush())
            .map_err(unprintable)
    }

    /// Prints a JSON document.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn document(&self, document: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(document).map_err(unprintable)?;
        self.text(&(text + "\n"))
    }

    /// Prints the document, or the text, whichever is wanted.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn answer(
        &self,
        document: &impl Serialize,
        text: impl FnOnce(Paint) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            self.document(document)
        } else {
            self.text(&text(self.out))
        }
    }

    /// Standard output for what is too long to be held.
    #[expect(clippy::unused_self, reason = "only who holds the terminal prints")]
    pub(crate) fn stream(&self) -> Output {
        Output {
            inner: std::io::BufWriter::new(std::io::stdout()),
            gone: false,
        }
    }

    /// Prints a message, unless it should be quiet.
    pub(crate) fn message(&self, text: &str) {
        if !self.quiet {
            to_standard_error(&clean_lines(text));
        }
    }

    /// Prints a complaint about the command line as it is.
    #[expect(clippy::unused_self, reason = "only who holds the terminal prints")]
    pub(crate) fn complaint(&self, text: &str) {
        to_standard_error(clean_lines(text).trim_end());
    }

    /// Prints a failure: one line and a hint, or a document.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json && self.document(&ErrorDocument::of(failure)).is_ok() {
            return;
        }
        let Failure {
            code,
            doing,
            why,
            hint,
        } = failure;
        let head = self.err.bad(&format!("error[{code}]:"));
        to_standard_error(&format!("{head} {}: {}", clean(doing), clean(why)));
        if !hint.is_empty() {
            to_standard_error(&format!("{} {}", self.err.bold("hint:"), clean(hint)));
        }
    }
}

/// What it means that standard output cannot be written.
pub(crate) fn unprintable(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Io, "writing to standard output", error)
}

fn to_standard_error(line: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(std::io::stderr(), "{line}");
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.gone {
            return Ok(bytes.len());
        }
        let written = self.inner.write(bytes);
        self.unless_gone(written, bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.unless_gone(flushed, ())
    }
}

impl Output {
    fn unless_gone<T>(&mut self, done: std::io::Result<T>, instead: T) -> std::io::Result<T> {
        match done {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(instead)
            }
            other => other,
        }
    }
}
