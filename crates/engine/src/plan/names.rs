//! Names that the standby cannot hold. What cannot be held is left and listed before anything is copied.

use counterpart_model::{Action, Code, Finding, SiteRole, Step, Verdict};
use counterpart_port::NameRules;
use std::collections::HashSet;

/// Checks the names of new entries against what the standby can hold.
pub(crate) struct NameCheck {
    rules: NameRules,
    /// Paths of production of which the standby would make one; filled only where it does not tell names apart.
    colliding: HashSet<Vec<u8>>,
}

impl NameCheck {
    /// A check by the standby's rules, with the paths that would become one there.
    pub(crate) fn new(rules: NameRules, colliding: HashSet<Vec<u8>>) -> Self {
        Self { rules, colliding }
    }

    /// The finding for a step whose name cannot be held, or would become another entry's.
    pub(crate) fn refuses(&self, step: &Step) -> Option<Finding> {
        if matches!(step.action, Action::Remove | Action::RemovedWithParent) {
            return None;
        }
        let finding = |code, why: &str| {
            Some(Finding::new(
                &step.path,
                code,
                SiteRole::Standby,
                Verdict::NotCompared,
                why,
            ))
        };
        if self.colliding.contains(step.path.as_bytes()) {
            return finding(
                Code::NameCollision,
                "another name of production would be the same one at the standby",
            );
        }
        match step.action {
            Action::Create => finding(Code::NameNotHeld, self.unheld(step.path.as_bytes())?),
            _ => None,
        }
    }

    /// Why the standby cannot hold a path; checks every component, since a directory that cannot be held takes all
    /// beneath it along.
    pub(crate) fn unheld(&self, path: &[u8]) -> Option<&'static str> {
        path.split(|&byte| byte == b'/')
            .find_map(|name| self.unheld_name(name))
    }

    fn unheld_name(&self, name: &[u8]) -> Option<&'static str> {
        const RESERVED: &[u8] = b"<>:\"\\|?*";
        let rules = &self.rules;
        let reserved = |byte: &u8| *byte < 0x20 || RESERVED.contains(byte);
        if name.len() > rules.max_bytes as usize {
            Some("the name is longer than the standby's filesystem can hold")
        } else if !rules.any_bytes && std::str::from_utf8(name).is_err() {
            Some("the name is not valid UTF-8, and the standby's filesystem holds only that")
        } else if !rules.reserved_characters && name.iter().any(reserved) {
            Some("the name has a character that the standby's filesystem cannot hold")
        } else if !rules.trailing_dot_or_space && matches!(name.last(), Some(b'.' | b' ')) {
            Some("the name ends in a dot or space, which the standby's filesystem cannot hold")
        } else {
            None
        }
    }

    /// True where two names of production could become one.
    pub(crate) fn may_collide(rules: &NameRules) -> bool {
        !rules.case_sensitive || !rules.normalisation_sensitive
    }

    /// The form in which the standby would compare a path: lower case where it does not tell case apart. Composed and
    /// decomposed letters are folded to their base letter, so that a collision is rather reported than missed.
    pub(crate) fn folded(rules: &NameRules, path: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(path) else {
            return path.to_vec();
        };
        let mut out = text.to_owned();
        if !rules.case_sensitive {
            out = out.chars().flat_map(char::to_lowercase).collect();
        }
        if !rules.normalisation_sensitive {
            out = decomposed(&out);
        }
        out.into_bytes()
    }
}

/// Canonical decomposition without the combining marks.
fn decomposed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .collect()
}
