//! The log that a user showed on slides, line by line as it came through them: fields of six, nine and ten letters, and
//! remarks behind some names.

use counterpart_oldlog::{Done, Line, Runs, Said};

const SAMPLE: &str = include_str!("sample.log");

#[test]
fn every_line_is_understood() {
    let mut done = Vec::new();
    let mut troubles = Vec::new();
    for line in SAMPLE.lines() {
        match Line::of(line.as_bytes()).said {
            Said::Change(change) => done.push(change),
            Said::Trouble(trouble) => troubles.push(trouble),
            other => panic!("{line:?} is {other:?}"),
        }
    }
    let count = |wanted: Done| done.iter().filter(|change| change.done == wanted).count();
    assert_eq!(SAMPLE.lines().count(), 38);
    assert_eq!(
        [Done::Sent, Done::Deleted, Done::Attributes].map(count),
        [29, 3, 5]
    );
    assert_eq!(troubles.len(), 1);
    assert_eq!(
        troubles[0].path.as_deref(),
        Some(&b"/opt/studies/035/lib/batch_edits_test_output.xml"[..])
    );
    assert_eq!(troubles[0].error, Some(13));
}

#[test]
fn all_of_it_is_one_run() {
    let mut runs = Runs::default();
    for line in SAMPLE.lines() {
        let line = Line::of(line.as_bytes());
        let pid = line.stamp.unwrap().pid;
        assert_eq!((pid, runs.place(pid, &line.said).run), (Some(1685), 1));
    }
}

#[test]
fn a_page_that_was_retired_is_seen_to_go_and_to_come() {
    let of = |wanted: &str| {
        let lines = SAMPLE.lines().map(|line| Line::of(line.as_bytes()).said);
        let found = lines.filter_map(|said| match said {
            Said::Change(change) if change.readings[0].path == wanted.as_bytes() => {
                Some((change.letters, change.done))
            }
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    assert_eq!(
        of("035/pages/0906/005L001"),
        [("*deleting  ".to_owned(), Done::Deleted)]
    );
    assert_eq!(
        of("035/pages/0906/X005L001"),
        [("<?+++++++++".to_owned(), Done::Sent)]
    );
    assert_eq!(
        of("035/lib/DFschema.st"),
        [("<f.st......".to_owned(), Done::Sent)]
    );
}
