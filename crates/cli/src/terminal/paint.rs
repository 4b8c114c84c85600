//! Colours: a few meanings, and none at all where they are not wanted.

use crate::args::ColourWhen;

/// Paints words, or leaves them as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// For a stream that is or is not a terminal.
    pub(crate) fn for_stream(when: ColourWhen, is_terminal: bool) -> Self {
        let on = match when {
            ColourWhen::Always => true,
            ColourWhen::Never => false,
            ColourWhen::Auto => is_terminal && environment_allows(),
        };
        Self { on }
    }

    /// True when there are colours.
    pub(crate) const fn is_on(self) -> bool {
        self.on
    }

    /// What is as it should be.
    pub(crate) fn good(self, text: &str) -> String {
        self.with("1;32", text)
    }

    /// What is not.
    pub(crate) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// What somebody should look at.
    pub(crate) fn notice(self, text: &str) -> String {
        self.with("33", text)
    }

    /// What matters.
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What may be passed over.
    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// A line of a difference that only the first has.
    pub(crate) fn removed(self, text: &str) -> String {
        self.with("31", text)
    }

    /// A line of a difference that only the second has.
    pub(crate) fn added(self, text: &str) -> String {
        self.with("32", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn environment_allows() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
