//! `[notify.command]`: a program of this host that is given the message as JSON on its standard input.

use super::super::section::Section;
use super::Manner;
use serde::Serialize;

const USUAL_TIMEOUT_SECONDS: u64 = 30;
const HINT: &str = "write run = [\"/path/of/program\", \"argument\"]; no shell reads it";

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandWay {
    /// When, how much, how long.
    pub manner: Manner,
    /// The program and its arguments.
    pub run: Vec<String>,
}

impl CommandWay {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let manner = Manner::read(&mut section, USUAL_TIMEOUT_SECONDS);
        let words = section.texts("run");
        let run = match words.as_deref() {
            None if section.has("run") => None,
            None | Some([]) => {
                section.wrong(section.span(), "`run` names no program", HINT);
                None
            }
            Some([program, ..]) if !program.value.starts_with('/') => {
                let why = format!(
                    "`run` has the program {:?}, which is no absolute path",
                    program.value
                );
                section.wrong(program.span.clone(), why, HINT);
                None
            }
            Some(words) => Some(words.iter().map(|word| word.value.clone()).collect()),
        };
        section.end();
        Some(Self { manner, run: run? })
    }
}
