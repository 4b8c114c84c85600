//! A real rsync writes logs of known changes in each of its forms; what is imported must be just those changes.

use super::{imported, lines, place};
use crate::program::Place;
use counterpart_model::escape::shown;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names that are awkward in a log.
const NAMES: [&[u8]; 14] = [
    b"plain",
    b"new\nline",
    b"back\\slash",
    b"lit\\#012x",
    b"non\xffutf",
    "ümlaut".as_bytes(),
    b"arrow -> x",
    b"fat => y",
    b" lead",
    b"trail ",
    b"tab\there",
    b"esc\x1b[31m",
    b"*deleting   no",
    b"qu\"ote",
];

/// The form in which rsync does not tell of a file of which only attributes change.
const SILENT: &str = "log file alone";

/// How rsync is told to write a log, and whether it writes it itself.
const FORMS: [(&str, &[&str]); 6] = [
    (SILENT, &["--log-file=../rsync.log"]),
    ("log file", &["--log-file=../rsync.log", "--itemize-changes"]),
    ("itemised", &["--itemize-changes"]),
    (
        "itemised, bytes as they are",
        &["--itemize-changes", "--8-bit-output"],
    ),
    ("with times", &["--out-format=%t [%p] %i %n%L", "--stats"]),
    (
        "with all that it says",
        &["-v", "--itemize-changes", "--progress"],
    ),
];

struct Trees {
    place: Place,
    source: PathBuf,
    clock: u64,
}

/// What the log must say of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Must {
    /// `+`: new, whatever it is.
    New,
    Received,
    Changed,
    Attributes,
    Deleted,
}

impl Trees {
    fn new() -> Self {
        let place = place();
        let source = place.path("source");
        std::fs::create_dir_all(source.join("d/deep")).unwrap();
        std::fs::create_dir_all(place.path("copy")).unwrap();
        let mut trees = Self {
            place,
            source,
            clock: 1_300_000_000,
        };
        for directory in ["", "d", "d/deep"] {
            for name in NAMES {
                trees.write(directory, name, b"first");
            }
        }
        symlink("d/plain", trees.source.join("link")).unwrap();
        symlink("d/plain", trees.source.join("link -> odd")).unwrap();
        std::fs::hard_link(trees.source.join("plain"), trees.source.join("hard")).unwrap();
        assert!(trees.place.shell("mkfifo source/fifo").status.success());
        trees.age(|_| true);
        trees
    }

    fn write(&mut self, directory: &str, name: &[u8], content: &[u8]) {
        std::fs::write(self.source.join(directory).join(OsStr::from_bytes(name)), content).unwrap();
    }

    /// Gives entries a time of whole seconds that none had before.
    fn age(&mut self, wanted: impl Fn(&Path) -> bool) {
        self.clock += 100;
        let mut paths: Vec<_> = entries(&self.source).into_keys().collect();
        paths.sort_by_key(|path| std::cmp::Reverse(path.components().count()));
        for path in paths.iter().filter(|path| wanted(path)) {
            let touched = Command::new("touch")
                .args(["-h", "-d", &format!("@{}", self.clock), "--"])
                .arg(self.source.join(path))
                .status();
            assert!(touched.unwrap().success());
        }
    }

    /// Each kind of change.
    fn change(&mut self) {
        let source = self.source.clone();
        let at = |name: &str| source.join(name);
        std::fs::write(at("d/plain"), b"second").unwrap();
        std::fs::write(at("d/new\nline"), b"longer than first").unwrap();
        std::fs::set_permissions(at("d/arrow -> x"), PermissionsExt::from_mode(0o600)).unwrap();
        for gone in ["d/fat => y", "d/deep/plain", "fifo", "esc\u{1b}[31m"] {
            std::fs::remove_file(at(gone)).unwrap();
        }
        std::fs::remove_dir_all(at("d/deep")).unwrap();
        std::fs::remove_file(at("link")).unwrap();
        symlink("elsewhere", at("link")).unwrap();
        std::fs::create_dir(at("new -> directory")).unwrap();
        std::fs::write(at("new -> directory/file"), b"new").unwrap();
        let aged = [
            "",
            "d",
            "d/plain",
            "d/new\nline",
            "d/tab\there",
            "link",
            "new -> directory",
            "new -> directory/file",
        ];
        self.age(|path| aged.iter().any(|aged| Path::new(aged) == path));
    }

    /// What rsync must do now, by what both trees hold.
    fn expected(&self) -> BTreeMap<String, Must> {
        let (wanted, present) = (entries(&self.source), entries(&self.place.path("copy")));
        let mut expected = BTreeMap::new();
        for (path, entry) in &wanted {
            let must = match present.get(path) {
                None => Some(Must::New),
                Some(old) => entry.against(old),
            };
            expected.extend(must.map(|must| (name(path), must)));
        }
        let gone = present.keys().filter(|path| !wanted.contains_key(*path));
        expected.extend(gone.map(|path| (name(path), Must::Deleted)));
        expected
    }

    /// Runs rsync with its log in `rsync.log`.
    fn rsync(&self, form: &[&str]) {
        let mut command = Command::new("rsync");
        command
            .current_dir(&self.source)
            .args(["-aH", "--delete"])
            .args(form)
            .args(["./", "../copy/"])
            .env("TZ", "UTC");
        let ran = command
            .output()
            .unwrap_or_else(|error| panic!("rsync must be installed for this test: {error}"));
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        if !form[0].starts_with("--log-file") {
            std::fs::write(self.place.path("rsync.log"), ran.stdout).unwrap();
        }
    }
}

/// What decides whether rsync touches an entry.
#[derive(PartialEq, Eq, Debug)]
struct Entry {
    kind: &'static str,
    size: u64,
    mtime: i64,
    mode: u32,
    target: Option<PathBuf>,
}

impl Entry {
    fn against(&self, old: &Self) -> Option<Must> {
        assert_eq!(self.kind, old.kind);
        match self.kind {
            _ if self == old => None,
            "file" if self.size != old.size || self.mtime != old.mtime => Some(Must::Received),
            "symlink" if self.target != old.target => Some(Must::Changed),
            _ => Some(Must::Attributes),
        }
    }
}

fn entries(root: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::from([(PathBuf::new(), entry(root))]);
    let mut left = vec![PathBuf::new()];
    while let Some(directory) = left.pop() {
        for listed in std::fs::read_dir(root.join(&directory)).unwrap() {
            let path = directory.join(listed.unwrap().file_name());
            let entry = entry(&root.join(&path));
            if entry.kind == "directory" {
                left.push(path.clone());
            }
            found.insert(path, entry);
        }
    }
    found
}

fn entry(path: &Path) -> Entry {
    let meta = std::fs::symlink_metadata(path).unwrap();
    let kind = match meta.file_type() {
        kind if kind.is_dir() => "directory",
        kind if kind.is_symlink() => "symlink",
        kind if kind.is_fifo() => "fifo",
        _ => "file",
    };
    Entry {
        kind,
        size: if kind == "file" { meta.len() } else { 0 },
        mtime: meta.mtime(),
        mode: meta.mode(),
        target: std::fs::read_link(path).ok(),
    }
}

fn name(path: &Path) -> String {
    let bytes = path.as_os_str().to_owned().into_vec();
    if bytes.is_empty() {
        ".".to_owned()
    } else {
        shown(&bytes)
    }
}

/// Takes off what a line says; what is left was not said.
#[track_caller]
fn take_off(expected: &mut BTreeMap<String, Must>, line: &Value, form: &str) {
    let word = |member: &str| line[member].as_str().unwrap_or_default().to_owned();
    let also = line["also"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["path"].as_str().unwrap().to_owned());
    let found = std::iter::once(word("path"))
        .chain(also)
        .find_map(|path| expected.remove(&path));
    let must = found.unwrap_or_else(|| panic!("{form}: nothing was done that {line} tells"));
    let says = match (word("done").as_str(), word("letters").ends_with("+++++++++")) {
        ("received" | "created" | "linked", true) => Must::New,
        ("received", false) => Must::Received,
        ("changed", _) => Must::Changed,
        ("attributes", _) => Must::Attributes,
        ("deleted", _) => Must::Deleted,
        other => panic!("{form}: {other:?} in {line}"),
    };
    assert_eq!(says, must, "{form}: {line}");
}

#[test]
fn each_form_of_a_real_rsync_says_what_was_done() {
    for (form, options) in FORMS {
        let mut trees = Trees::new();
        let mut expected = vec![trees.expected()];
        trees.rsync(options);
        imported(&trees.place, &["rsync.log", "--strict"]);
        trees.change();
        expected.push(trees.expected());
        trees.rsync(options);
        imported(&trees.place, &["rsync.log", "--strict"]);
        let runs = super::runs(&trees.place);
        assert_eq!(runs.len(), 2, "{form}: {runs:?}");
        for (run, mut expected) in runs.iter().zip(expected) {
            expected
                .retain(|path, must| form != SILENT || *must != Must::Attributes || !path.contains("arrow"));
            assert!(expected.len() > 10, "{form}: {expected:?}");
            let of_run = lines(&trees.place)
                .into_iter()
                .filter(|line| line["run"] == run["run"]);
            for line in of_run.filter(|line| line["kind"] == "change") {
                take_off(&mut expected, &line, form);
            }
            assert!(expected.is_empty(), "{form}: not told: {expected:?}");
        }
    }
}

#[test]
fn a_file_that_rsync_may_not_read_is_a_trouble_with_its_path() {
    let place = place();
    place.write("source/closed\nfile", "secret");
    place.write("source/open", "open");
    std::fs::create_dir(place.path("copy")).unwrap();
    let base = place.path("");
    // As root every file can be read, so another account runs it.
    let line = "chmod 755 . && chmod 000 source/closed* && if [ $(id -u) = 0 ]; then chown -R 65534:65534 source copy; \
                as='setpriv --reuid=65534 --regid=65534 --clear-groups'; fi; \
                $as rsync -a --itemize-changes source/ copy/ > copy/rsync.log 2>&1; echo $?";
    assert_eq!(place.shell(line).stdout, b"23\n");
    let log = imported(
        &place,
        &[
            "copy/rsync.log",
            "--strict",
            "--root",
            base.join("source").to_str().unwrap(),
        ],
    );
    assert_eq!(
        (&log["troubles"], &log["done"]["received"]),
        (&1.into(), &1.into()),
        "{log}"
    );
    assert_eq!(super::runs(&place)[0]["exit_code"], 23);
    let ran = place.run(&["where", "closed\\x0afile"]).with_code(1);
    assert!(
        ran.out.contains("last trouble") && ran.out.contains("Permission denied (13)"),
        "{}",
        ran.out
    );
}
