//! Where the demo speaks: headings, sentences, commands and what they print. Silent where a document is wanted.

use crate::context::Context;
use crate::terminal::Paint;
use counterpart_model::Failure;
use std::cell::Cell;

/// Where the demo speaks.
pub(crate) struct Stage<'a> {
    outer: &'a Context,
    /// What the passes run with.
    pub(crate) inner: &'a Context,
    blank: Cell<bool>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(outer: &'a Context, inner: &'a Context) -> Self {
        Self {
            outer,
            inner,
            blank: Cell::new(true),
        }
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
        let before = if text.starts_with('\n') { "\n" } else { "" };
        self.print(&format!("{before}{}", crate::render::wrapped(text, 96, "")))
    }

    /// A command, as a user would type it.
    pub(crate) fn command(&self, command: &str) -> Result<(), Failure> {
        self.print(&format!(
            "\n  {} {}\n",
            self.paint().dim("$"),
            self.paint().bold(command)
        ))
    }

    /// Commands that a user may type next.
    pub(crate) fn commands(&self, commands: &[String]) -> Result<(), Failure> {
        let line = |command: &String| format!("  {} {}\n", self.paint().dim("$"), self.paint().bold(command));
        self.print(&format!("\n{}\n", commands.iter().map(line).collect::<String>()))
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

    /// Prints, with never more than one blank line between two things.
    fn print(&self, text: &str) -> Result<(), Failure> {
        if self.outer.terminal.json() {
            return Ok(());
        }
        let text = if self.blank.get() {
            text.trim_start_matches('\n')
        } else {
            text
        };
        self.blank.set(text.ends_with("\n\n"));
        self.outer.terminal.text(text)
    }
}
