//! Where the demo speaks: headings, sentences, commands and what they print. Silent where a document is wanted.

use crate::context::Context;
use crate::terminal::Paint;
use counterpart_model::Failure;

/// Where the demo speaks.
pub(crate) struct Stage<'a> {
    outer: &'a Context,
    /// What the passes run with.
    pub(crate) inner: &'a Context,
}

impl<'a> Stage<'a> {
    pub(crate) const fn new(outer: &'a Context, inner: &'a Context) -> Self {
        Self { outer, inner }
    }

    pub(crate) const fn paint(&self) -> Paint {
        self.outer.terminal.paint()
    }

    /// The heading of an act.
    pub(crate) fn act(&self, number: u8, title: &str) -> Result<(), Failure> {
        let line = format!("{number}  {title}");
        let rule = "─".repeat(line.chars().count());
        self.print(&format!(
            "\n{}\n{}\n",
            self.paint().bold(&line),
            self.paint().dim(&rule)
        ))
    }

    /// A sentence or two.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        self.print(&crate::render::wrapped(text, 96, ""))
    }

    /// A command, as a user would type it.
    pub(crate) fn command(&self, command: &str) -> Result<(), Failure> {
        self.print(&format!(
            "\n  {} {}\n",
            self.paint().dim("$"),
            self.paint().bold(command)
        ))
    }

    /// What a command prints.
    pub(crate) fn output(&self, text: &str) -> Result<(), Failure> {
        let indented = text.trim_matches('\n').lines().map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("    {line}\n")
            }
        });
        self.print(
            &indented
                .chain(std::iter::once("\n".to_owned()))
                .collect::<String>(),
        )
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        if self.outer.terminal.json() {
            Ok(())
        } else {
            self.outer.terminal.text(text)
        }
    }
}
