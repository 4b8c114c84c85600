//! Which unread files were told already.

use super::*;
use crate::testing::{listed, path};
use counterpart_model::Digest;

fn finding(at: &str, code: Code, verdict: Verdict) -> Finding {
    Finding::new(&path(at), code, SiteRole::Production, verdict, "why")
}

fn known(at: &str, read: bool) -> KnownFile {
    KnownFile {
        path: path(at),
        digest: read.then_some(Digest([1; 32])),
        ..KnownFile::default()
    }
}

/// The unread files that were told, at a production of these files and an empty standby.
fn count(told: &[Finding], production: &[KnownFile]) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let mut paths = Told::new(dir.path());
    for finding in told {
        paths.add(finding);
    }
    let counts = unread_and_told(paths.take().unwrap(), |role, from| {
        let held = if role == SiteRole::Production {
            production
        } else {
            &[]
        };
        let rest = held.iter().filter(|file| file.path >= *from).cloned();
        Ok(listed(rest.collect()))
    });
    let [production, standby] = counts.unwrap();
    assert_eq!(standby, 0);
    production
}

#[test]
fn a_file_that_was_told_twice_counts_once_and_one_that_was_read_never() {
    let told = [
        finding("b", Code::Unreadable, Verdict::NotCompared),
        finding("a", Code::AppendOnlyChange, Verdict::Different),
        finding("b", Code::Torn, Verdict::Unsettled),
        finding("c", Code::RotStandby, Verdict::Different),
    ];
    let files = [
        known("a", false),
        known("aa", false),
        known("b", false),
        known("c", true),
    ];
    assert_eq!(count(&told, &files), 2);
    assert_eq!(count(&[], &files), 0);
}

#[test]
fn what_is_equal_declared_or_of_the_site_as_a_whole_names_no_file() {
    let told = [
        finding("a", Code::Drift, Verdict::Equal),
        finding("b", Code::Stub, Verdict::NotCompared).declared(),
        finding(".", Code::NotCarried, Verdict::NotCompared),
    ];
    assert_eq!(count(&told, &[known("a", false), known("b", false)]), 0);
}

#[test]
fn only_a_directory_that_could_not_be_listed_stands_for_what_is_beneath_it() {
    let told = [
        finding("closed", Code::UnreadableDirectory, Verdict::NotCompared),
        finding("open", Code::Differs, Verdict::Different),
        finding("closed/b", Code::UnreadBeneath, Verdict::NotCompared),
    ];
    let files = [
        known("closed/a", false),
        known("closed/b", false),
        known("closed/c", true),
        known("open/a", false),
        known("z", false),
    ];
    assert_eq!(count(&told, &files), 2);
}
