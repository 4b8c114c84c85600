//! What a pack says of itself to whoever opens it.

use super::{CHECKER_NAME, Packed};
use counterpart_model::{EntryPath, escape};
use std::fmt::Write as _;

/// The text under way.
pub(super) struct Readme(String);

impl Readme {
    pub(super) fn new(pair: &str, packed: &[Packed], subtrees: &[EntryPath]) -> Self {
        let mut text = format!("Evidence of the pair {}\n\n", escape::shown(pair.as_bytes()));
        for packed in packed {
            let certificate = &packed.certificate;
            let verdict = if certificate.verdicts.congruent {
                "CONGRUENT"
            } else {
                "NOT CONGRUENT"
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{:>8}  {}  {verdict} as of {}\n          SHA-256 {}",
                packed.sequence(),
                packed.pass(),
                certificate.times.as_of.utc(),
                packed.sha256
            );
        }
        text += &contents(subtrees);
        Self(text)
    }

    pub(super) fn log_is_gone(&mut self, pass: &str) {
        let _ = writeln!(self.0, "The itemised log of {pass} is not kept any more.");
    }

    pub(super) fn outputs_are_gone(&mut self, pass: &str) {
        let _ = writeln!(self.0, "Outputs of probes of {pass} are not kept any more.");
    }

    pub(super) fn lines_are_gone(&mut self, pass: &str) {
        let _ = writeln!(
            self.0,
            "What the sites held at {pass} is here by its roots alone: the lists are not kept any more."
        );
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

fn contents(subtrees: &[EntryPath]) -> String {
    let parts = if subtrees.is_empty() {
        "examples/       the first findings of each, by name\n\
         logs/           what each pass changed and found, compressed with zstd\n\
         probes/         what each probe gave at both sites, as it came and as it was compared\n\
         journal.ndjson  every record before the certificate that follows the last one here\n\
         timestamps/     answers of time-stamp authorities that the journal names, if it names any\n\
         manifests/      what was held: a line for each entry, named by the root over them\n"
            .to_owned()
    } else {
        let shown: Vec<String> = subtrees.iter().map(ToString::to_string).collect();
        format!(
            "proofs/         a line for each entry beneath {}, with its way to the root that\n\
             \x20               the last certificate here has; nothing beside it is shown\n",
            shown.join(", ")
        )
    };
    format!(
        "\nThis is a BagIt bag (RFC 8493). In data:\n\n\
         certificates/   each as JSON, with its signature, and as a page to read, as text and HTML\n\
         allowed_signers the keys, and when each was in force\n{parts}\
         {CHECKER_NAME}       checks all of it:  python3 data/{CHECKER_NAME}\n\n\
         Compare the keys with what you were given in another way, and the SHA-256 of the last\n\
         certificate with a mail or with the other site: a pack cannot vouch for itself.\n\n"
    )
}
