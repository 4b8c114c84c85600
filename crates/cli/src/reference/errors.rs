//! docs/ERRORS.md: every exit and every code, with its meaning, its remedy and what it leads to, from the code itself.

use super::{cell, exits};
use crate::exit::{Effect, Exit, excepting};
use counterpart_model::Code;
use std::fmt::Write as _;

const INTRODUCTION: &str = "\
# Exit codes and error codes

This page is what `counterpart reference --errors` prints: it is made from the code itself. In a terminal,
`counterpart explain CODE` prints one of them, and `counterpart explain` all.

Each failure and finding has a code: the same word in messages, in `--json` documents, in logs and in certificates. It
never changes its meaning. A message says besides what was being done to which thing, why it failed, and what to do next.
";

/// The page as Markdown.
pub fn errors() -> String {
    let mut out = format!("{INTRODUCTION}\n## Exit codes\n\n{}\n", exits());
    for exit in Exit::ALL {
        let _ = writeln!(out, "- **{}**: {}", exit.code(), exit.remedy());
    }
    out += "\n## Codes\n";
    for code in Code::ALL {
        let (meaning, remedy) = (cell(code.meaning()), cell(code.remedy()));
        let (effect, exception) = (Effect::of(*code).words(), excepting(*code));
        let _ = write!(
            out,
            "\n### `{code}`\n\n{meaning}\n\n- **What to do**: {remedy}\n- **What it leads to**: {effect}\n\
             - **As an exception**: {exception}\n"
        );
    }
    out
}
