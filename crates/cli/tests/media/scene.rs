//! Two trees, a state of their own, the program, and rsync's opinion of what it made.

use crate::answer::Answer;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What stands under each name of a tree: its content, mode and time of modification.
pub(crate) type Tree = BTreeMap<PathBuf, (Vec<u8>, u32, i64, i64)>;

/// A place for two trees, called `production` and `standby` unless they are put elsewhere.
pub(crate) struct Scene {
    directory: TempDir,
    production: PathBuf,
    standby: PathBuf,
}

impl Scene {
    /// Trees at these places beneath a directory of its own; none of them is made.
    pub(crate) fn new(production: &str, standby: &str) -> Self {
        let directory = TempDir::new().unwrap();
        Self {
            production: directory.path().join(production),
            standby: directory.path().join(standby),
            directory,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A path in production.
    pub(crate) fn p(&self, path: &str) -> PathBuf {
        self.production.join(path)
    }

    /// A path in the standby.
    pub(crate) fn s(&self, path: &str) -> PathBuf {
        self.standby.join(path)
    }

    /// Writes a file of production, with the directories above it.
    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let at = self.p(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
    }

    /// One pass, with this room reserved for evidence.
    pub(crate) fn pass(&self, reserve: &str) -> Answer {
        let text = format!(
            "[pair.x]\nproduction = \"{}\"\nstandby = \"{}\"\n[pair.x.guard]\nreserve = {reserve:?}\n",
            self.production.display(),
            self.standby.display()
        );
        fs::write(self.path("counterpart.toml"), text).unwrap();
        self.run(&["run".as_ref(), "x".as_ref()])
    }

    /// One pass with these tables.
    pub(crate) fn pass_with(&self, tables: &str) -> Answer {
        let text = format!(
            "[pair.x]\nproduction = \"{}\"\nstandby = \"{}\"\n{tables}",
            self.production.display(),
            self.standby.display()
        );
        fs::write(self.path("counterpart.toml"), text).unwrap();
        self.run(&["run".as_ref(), "x".as_ref()])
    }

    /// One pass without a configuration.
    pub(crate) fn mirror(&self) -> Answer {
        self.run(&["mirror".as_ref(), &self.production, &self.standby])
    }

    fn run(&self, arguments: &[&Path]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .current_dir(self.directory.path())
            .arg("--state")
            .arg(self.path("state"))
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Answer::of(&output)
    }

    /// The answer must be that both are equal, and rsync must agree.
    #[track_caller]
    pub(crate) fn congruent(&self, answer: Answer) -> Answer {
        let answer = answer.with_code(0);
        assert_eq!(answer.document["congruent"], true, "{answer}");
        assert_eq!(self.rsync(), "", "{answer}");
        answer
    }

    /// What rsync would still do.
    fn rsync(&self) -> String {
        done(
            Command::new("rsync")
                .args(["-an", "--delete", "--checksum", "--itemize-changes"])
                .arg("--exclude=/.counterpart")
                .arg(self.p(""))
                .arg(self.s("")),
        )
    }

    /// All that stands in the standby, without what is Counterpart's own.
    pub(crate) fn standby(&self) -> Tree {
        let mut tree = Tree::new();
        add(&self.standby, Path::new(""), &mut tree);
        tree
    }

    /// The certificates that were issued, of both places that keep them.
    pub(crate) fn certificates(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for root in [self.path("state"), self.s(".counterpart")] {
            find_certificates(&root, &mut found);
        }
        found.sort();
        found
    }
}

fn add(root: &Path, path: &Path, tree: &mut Tree) {
    let at = root.join(path);
    let stat = fs::symlink_metadata(&at).unwrap();
    let content = if stat.is_file() {
        fs::read(&at).unwrap()
    } else {
        Vec::new()
    };
    let what = (content, stat.mode(), stat.mtime(), stat.mtime_nsec());
    tree.insert(path.to_owned(), what);
    if stat.is_dir() {
        for entry in fs::read_dir(&at).unwrap() {
            let name = entry.unwrap().file_name();
            if path != Path::new("") || name != ".counterpart" {
                add(root, &path.join(name), tree);
            }
        }
    }
}

fn find_certificates(at: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(at) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            find_certificates(&entry.path(), found);
        } else if entry.path().to_string_lossy().contains("certificate") {
            found.push(entry.path());
        }
    }
}

/// Runs another program, which must succeed; what it printed.
#[track_caller]
pub(crate) fn done(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{printed}{messages}",
        output.status
    );
    printed
}
