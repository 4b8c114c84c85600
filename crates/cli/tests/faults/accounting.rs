//! What a resumed pass may still send and read, counted from what lies at the standby after a kill.

use crate::content::LONGEST;
use crate::scene::{IN_FLIGHT, Scene};
use crate::snapshot::{Content, Node, Tree};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Bytes of content that the standby did not hold yet.
pub(crate) struct Owing {
    to_send_bytes: u64,
    to_read_bytes: u64,
}

impl Owing {
    /// Counts what is missing. `changed_since` is when production began to change.
    pub(crate) fn count(scene: &Scene, old: &Tree, new: &Tree, changed_since: (i64, i64)) -> Self {
        let mut arrived: BTreeSet<Content> = contents(old).collect();
        arrived.extend(contents(&scene.standby_tree()));
        arrived.extend(beneath(&scene.standby.join(".counterpart/incoming")).into_values());
        let missing: BTreeSet<Content> = contents(new)
            .filter(|content| !arrived.contains(content))
            .collect();
        let missing_bytes: u64 = missing.iter().map(|content| content.len_bytes).sum();
        let to_send_bytes = missing_bytes + relinked(new, changed_since);
        Self {
            to_send_bytes,
            to_read_bytes: to_send_bytes + reread(old, new, changed_since),
        }
    }

    /// Judges the pass that ended it.
    pub(crate) fn assert_kept(&self, what: &str, report: &Value) {
        let slack = IN_FLIGHT * LONGEST;
        let sent = report["bytes_sent"].as_u64().unwrap();
        let (may_send, may_read) = (self.to_send_bytes + slack, self.to_read_bytes + slack);
        assert!(
            sent <= may_send,
            "{what}: sent {sent} bytes, but only {may_send} had not arrived: {report:#}"
        );
        let read = report["bytes_read"].as_u64().unwrap();
        assert!(
            read <= may_read,
            "{what}: read {read} bytes, but only {may_read} were to be read: {report:#}"
        );
    }
}

fn contents(tree: &Tree) -> impl Iterator<Item = Content> {
    tree.values().filter_map(Node::content)
}

/// Known content that changed its name or a stamp is read once more at either side, to be sure of it. In a folder that
/// was renamed, no stamp of a file moves.
fn reread(old: &Tree, new: &Tree, changed_since: (i64, i64)) -> u64 {
    let known: BTreeSet<Content> = contents(old).collect();
    let again = new.iter().filter_map(|(path, node)| match node {
        Node::File(content, bits) if bits.ctime >= changed_since || !old.contains_key(path) => Some(*content),
        _ => None,
    });
    let again = again.filter(|content| known.contains(content));
    2 * again.map(|content| content.len_bytes).sum::<u64>()
}

/// A further name that comes before the others becomes the first one of its file, which is brought under it.
fn relinked(new: &Tree, changed_since: (i64, i64)) -> u64 {
    let mut seen = BTreeSet::new();
    let mut several = BTreeSet::new();
    for node in new.values() {
        if let Node::File(content, bits) = node
            && bits.ctime >= changed_since
            && !seen.insert(*content)
        {
            several.insert(*content);
        }
    }
    several.iter().map(|content| content.len_bytes).sum()
}

/// Every file beneath a directory, with its content.
pub(crate) fn beneath(directory: &Path) -> BTreeMap<PathBuf, Content> {
    let files = crate::snapshot::take(directory).into_iter();
    files
        .filter_map(|(path, node)| node.content().map(|content| (directory.join(path), content)))
        .collect()
}

/// What history holds, read once: nothing in it ever changes.
#[derive(Default)]
pub(crate) struct Kept {
    passes: BTreeSet<PathBuf>,
    contents: BTreeSet<Content>,
}

impl Kept {
    /// Every content that `old` had and `new` has not is in history.
    pub(crate) fn assert_keeps(&mut self, what: &str, scene: &Scene, old: &Tree, new: &Tree) {
        let history = scene.standby.join(".counterpart/history");
        for pass in std::fs::read_dir(&history).unwrap_or_else(|error| panic!("{what}: history: {error}")) {
            let pass = pass.unwrap().path();
            if self.passes.insert(pass.clone()) {
                self.contents.extend(beneath(&pass).into_values());
            }
        }
        let present: BTreeSet<Content> = contents(new).collect();
        for (path, node) in old {
            let Some(content) = node.content().filter(|content| !present.contains(content)) else {
                continue;
            };
            assert!(
                self.contents.contains(&content),
                "{what}: the old content of {} is lost",
                path.display()
            );
        }
    }
}
