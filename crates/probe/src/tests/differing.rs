//! Differences: they apply back, they are bounded, and what is cut is counted.

use crate::difference::{Bounds, difference_within};
use crate::{DiffLine, Difference, LineKind, MAX_LINE_BYTES, MAX_LINES, difference};
use proptest::prelude::*;

const UNBOUNDED: Bounds = Bounds {
    lines: usize::MAX,
    line_bytes: usize::MAX,
    compared: usize::MAX,
};

fn typed(difference: &Difference) -> Vec<(LineKind, String)> {
    difference
        .lines
        .iter()
        .map(|line| (line.kind, line.text()))
        .collect()
}

#[test]
fn a_changed_line_shows_with_what_is_around_it() {
    let one = "a\nb\nc\nd\n3 records\ne\nf\ng\nh\n";
    let seen = difference(one.as_bytes(), one.replace("3 r", "4 r").as_bytes());
    let expected = [
        (LineKind::Hunk, "@@ -2,7 +2,7 @@"),
        (LineKind::Same, "b"),
        (LineKind::Same, "c"),
        (LineKind::Same, "d"),
        (LineKind::Production, "3 records"),
        (LineKind::Standby, "4 records"),
        (LineKind::Same, "e"),
        (LineKind::Same, "f"),
        (LineKind::Same, "g"),
    ];
    assert_eq!(typed(&seen), expected.map(|(kind, text)| (kind, text.to_owned())));
    assert_eq!(
        (seen.only_production, seen.only_standby, seen.not_shown),
        (1, 1, 0)
    );
}

#[test]
fn heads_are_those_of_diff() {
    let head = |one: &str, other: &str| difference(one.as_bytes(), other.as_bytes()).lines[0].text();
    assert_eq!(head("", "a\nb\n"), "@@ -0,0 +1,2 @@");
    assert_eq!(head("a\n", ""), "@@ -1 +0,0 @@");
    assert_eq!(head("a", "b"), "@@ -1 +1 @@");
}

#[test]
fn an_end_without_a_line_feed_shows() {
    let seen = difference(b"a\n", b"a");
    assert_eq!(seen.lines[1].text(), "a");
    assert_eq!(seen.lines[2].text(), "a [no line feed]");
}

#[test]
fn hostile_bytes_are_shown_and_cannot_forge_a_line() {
    let seen = difference(b"", b"\x1b[31m\xff\t\\\r\xe2\x80\xae");
    assert_eq!(
        seen.lines[1].text(),
        "\\x1b[31m\\xff\t\\\\x0d\\xe2\\x80\\xae [no line feed]"
    );
}

#[test]
fn giant_lines_and_many_lines_are_cut_and_counted() {
    let giant = vec![b'x'; 1 << 20];
    let seen = difference(&giant, b"y\n");
    assert_eq!(seen.lines[1].bytes.len(), MAX_LINE_BYTES);
    assert!(seen.lines[1].text().ends_with(" bytes more] [no line feed]"));
    let numbered = |word: &str| {
        (0..60_000)
            .map(|at| format!("{word} {at}"))
            .collect::<Vec<_>>()
            .join("\n")
            + "\n"
    };
    let [one, other] = ["a", "b"].map(numbered);
    let seen = difference(one.as_bytes(), other.as_bytes());
    assert_eq!(seen.lines.len(), MAX_LINES);
    assert_eq!(
        seen.only_production + seen.only_standby + seen.not_compared,
        120_000
    );
    assert_eq!(
        seen.not_shown,
        seen.only_production + seen.only_standby + 1 - MAX_LINES as u64
    );
}

/// Applies a difference to production's text as `patch` would.
fn applied(production: &[u8], difference: &Difference) -> Vec<u8> {
    let old: Vec<&[u8]> = production.split_inclusive(|byte| *byte == b'\n').collect();
    let (mut out, mut at) = (Vec::new(), 0);
    for line in &difference.lines {
        match line.kind {
            LineKind::Hunk => {
                let upto = begin(&line.text());
                out.extend(old[at..upto].concat());
                at = upto;
            }
            LineKind::Same | LineKind::Production => {
                assert_eq!(whole(line), old[at]);
                at += 1;
                if line.kind == LineKind::Same {
                    out.extend(whole(line));
                }
            }
            LineKind::Standby => out.extend(whole(line)),
        }
    }
    out.extend(old[at..].concat());
    out
}

fn whole(line: &DiffLine) -> Vec<u8> {
    let mut bytes = line.bytes.clone();
    bytes.extend(line.ended.then_some(b'\n'));
    bytes
}

/// The index of the first line of production in a hunk.
fn begin(head: &str) -> usize {
    let span = head.strip_prefix("@@ -").unwrap().split(' ').next().unwrap();
    let (first, len) = span.split_once(',').unwrap_or((span, "1"));
    let first: usize = first.parse().unwrap();
    if len == "0" { first } else { first - 1 }
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::string::bytes_regex("([a-d]?\n){0,60}[a-d]?").unwrap(),
        proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
    ]
}

proptest! {
    #[test]
    fn a_difference_applies_back(production in lines(), standby in lines()) {
        let seen = difference_within(&production, &standby, UNBOUNDED);
        prop_assert_eq!(applied(&production, &seen), standby);
        prop_assert_eq!(seen.not_shown + seen.not_compared, 0);
    }

    #[test]
    fn there_is_a_difference_where_the_bytes_differ(production in lines(), standby in lines()) {
        let seen = difference(&production, &standby);
        prop_assert_eq!(seen.lines.is_empty(), production == standby);
    }

    #[test]
    fn bounds_hold_and_every_line_is_counted(production in lines(), standby in lines(), compared in 0..20_usize) {
        let bounds = Bounds { lines: 5, line_bytes: 3, compared };
        let seen = difference_within(&production, &standby, bounds);
        prop_assert!(seen.lines.len() <= 5 && seen.lines.iter().all(|line| line.bytes.len() <= 3 || line.kind == LineKind::Hunk));
        let shown = seen.lines.iter().filter(|line| matches!(line.kind, LineKind::Production | LineKind::Standby));
        prop_assert_eq!(shown.count() as u64 + seen.not_shown, seen.only_production + seen.only_standby);
    }
}
