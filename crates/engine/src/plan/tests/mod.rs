//! The plan: from what both sites saw to finished steps.

mod finishing;
mod names;
mod renaming;

use super::{Plan, draft, finish, names::NameCheck, renames};
use crate::compare::{Merge, Rules};
use crate::testing::{listed, path};
use counterpart_model::{Action, Digest, EntryPath, Finding, PathGlobs, Step};
use counterpart_port::{Capabilities, ExcludedEntry, Observed};
use std::collections::{BTreeMap, HashSet};

/// What a planning is given besides the standby's unchanged tree.
#[derive(Default)]
pub(super) struct Given {
    /// Changes at production.
    pub(super) production: Vec<Observed>,
    /// Changes at the standby.
    pub(super) standby: Vec<Observed>,
    /// Excluded entries at the standby.
    pub(super) excluded: Vec<&'static str>,
    /// What is append-only.
    pub(super) append_only: Vec<String>,
    /// What production's new files contain, by path; what is not here cannot be read.
    pub(super) contents: BTreeMap<&'static str, u8>,
    /// Hints are believed, as a plan does that reads nothing.
    pub(super) presume: bool,
}

pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) found: Vec<Finding>,
    /// Every batch of paths that was read to find renames.
    pub(super) read: Vec<Vec<String>>,
}

impl Given {
    pub(super) fn plan(mut self) -> Planned {
        let dir = tempfile::tempdir().unwrap();
        self.production.sort_by(|left, right| left.path.cmp(&right.path));
        self.standby.sort_by(|left, right| left.path.cmp(&right.path));
        for seen in self.production.iter_mut().chain(&mut self.standby) {
            seen.shared = true;
        }
        let merge = Merge::new(listed(self.production), listed(self.standby));
        let rules = Rules {
            append_only: &PathGlobs::new(&self.append_only).unwrap(),
            known_rot: &|_| None,
            based: true,
            metadata: crate::compare::Comparable::Everything,
            repair: None,
        };
        let names = NameCheck::new(Capabilities::full().names, HashSet::new());
        let (mut found, mut read) = (Vec::new(), Vec::new());
        let mut note = |finding| found.push(finding);
        let mut draft = draft::draft(merge, &rules, &names, dir.path(), &mut note).unwrap();
        let contents = self.contents;
        let halves = renames::find(
            &mut draft,
            dir.path(),
            self.presume,
            &mut |paths: &[EntryPath]| {
                read.push(paths.iter().map(ToString::to_string).collect());
                let digest = |path: &EntryPath| {
                    contents
                        .get(path.to_string().as_str())
                        .map(|byte| Digest([*byte; 32]))
                };
                Ok(paths.iter().map(digest).collect())
            },
        );
        let excluded = self.excluded.iter().map(|at| ExcludedEntry {
            path: path(at),
            stat: None,
        });
        let excluded = listed(excluded.collect());
        let plan = finish::finish(&draft, halves.unwrap(), excluded, dir.path(), &mut note).unwrap();
        Planned { plan, found, read }
    }
}

impl Planned {
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut reader = self.plan.steps.reader().unwrap();
        std::iter::from_fn(|| reader.next().unwrap()).collect()
    }

    /// Each step in one line.
    pub(super) fn told(&self) -> Vec<String> {
        let one = |step: Step| match (step.action, step.from) {
            (Action::Rename, Some(from)) => format!("rename {from} to {}", step.path),
            (action, _) => format!("{action:?} {}", step.path),
        };
        self.steps().into_iter().map(one).collect()
    }

    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.found.iter().map(|finding| finding.code.word()).collect()
    }
}
