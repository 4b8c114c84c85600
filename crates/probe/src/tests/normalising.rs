//! What each rule makes of an output, and that none loses or invents anything.

use super::{cells, columns, keep, leave, mask, normalised, refused, text};
use crate::{Column, MARK, MAX_NORMALISED_BYTES, Normaliser, Rule};
use proptest::prelude::*;

#[test]
fn without_rules_nothing_changes() {
    for raw in [&b""[..], b"a\nb", b"\xff\x00\r\n", b"\n\n"] {
        assert_eq!(normalised(&[], raw).bytes, raw);
    }
}

#[test]
fn a_mask_leaves_a_mark_within_its_line() {
    let report = "Server: alpha\nat 02:14:07 and 02:15:09\n3 records\n";
    let masks = [mask("^Server: .*"), mask(r"\d\d:\d\d:\d\d")];
    assert_eq!(
        text(&masks, report),
        "[masked]\nat [masked] and [masked]\n3 records\n"
    );
}

#[test]
fn a_mask_never_reaches_over_the_end_of_a_line() {
    assert_eq!(text(&[mask(r"a\s+b")], "a\nb\na b\n"), "a\nb\n[masked]\n");
    assert_eq!(text(&[mask("[^x]+")], "ab\ncd\n"), "[masked]\n[masked]\n");
}

#[test]
fn a_mask_knows_the_ends_of_lines_of_windows() {
    assert_eq!(text(&[mask("^Host .*$")], "Host a\r\nb\r\n"), "[masked]\r\nb\r\n");
}

#[test]
fn a_dot_is_any_byte() {
    let raw = b"Server: caf\xe9 \xff\xfe\nrest \xe9\n";
    assert_eq!(
        normalised(&[mask("^Server: .*")], raw).bytes,
        b"[masked]\nrest \xe9\n"
    );
    assert_eq!(
        normalised(&[mask("caf\u{e9}")], "caf\u{e9}").bytes,
        MARK.as_bytes()
    );
    assert_eq!(text(&[mask(r"(?u)\w+")], "\u{e9}t\u{e9}"), MARK);
}

#[test]
fn masks_hold_in_their_order() {
    assert_eq!(text(&[mask("ab"), mask("masked")], "ab"), "[[masked]]");
    assert_eq!(text(&[mask("masked"), mask("ab")], "ab"), "[masked]");
}

#[test]
fn columns_go_by_number_between_blanks() {
    assert_eq!(text(&[columns(&[1, 3])], "a  b\tc d\n x y\n\nz"), "b d\ny\n\n");
}

#[test]
fn columns_go_by_name_or_number_in_a_table() {
    let table = "ID|Time|Count\n1|02:14|7\n2|02:15|9\n";
    let names = [Column::Name("Time".into()), Column::Number(1)];
    assert_eq!(text(&[cells(&names, "|")], table), "Count\n7\n9\n");
    assert_eq!(
        text(&[cells(&[Column::Number(2)], ", ")], "a, b, c\n\nx\n"),
        "a, c\n\nx\n"
    );
    let unknown = Normaliser::new(&[cells(&[Column::Name("Host".into())], "|")]).unwrap();
    let why = unknown.normalise(table.as_bytes()).unwrap_err();
    assert!(why.contains("no column that is called \"Host\""), "{why}");
    assert_eq!(
        unknown.normalise(b"").unwrap().bytes,
        b"",
        "nothing has no columns"
    );
}

#[test]
fn sorted_lines_all_have_a_line_feed() {
    assert_eq!(text(&[Rule::Sort], "b\na\n\nb"), "\na\nb\nb\n");
}

#[test]
fn json_is_one_field_a_line_in_the_order_of_names() {
    let json = "{\"b\":[1.50,{\"y\":null,\"x\":\"\\u00e9\\n\"}],\"a\":{},\"b\":12345678901234567890123}";
    let expected = "{\n  \"a\": {},\n  \"b\": [\n    1.50,\n    {\n      \"x\": \"\u{e9}\\n\",\n      \"y\": null\n    }\n  ],\n  \
                    \"b\": 12345678901234567890123\n}\n";
    assert_eq!(text(&[leave(&["/none"])], json), expected);
    assert_eq!(text(&[leave(&["/none"])], format!("\u{feff}{json}")), expected);
}

#[test]
fn json_fields_are_kept_by_path() {
    let json = r#"{"Count":3,"Peers":[{"ID":"a","At":1},{"ID":"b","At":2}],"a/b":{"~":1}}"#;
    assert_eq!(text(&[keep(&["/Count"])], json), "{\n  \"Count\": 3\n}\n");
    assert_eq!(
        text(&[keep(&["/Peers/*/ID"])], json),
        "{\n  \"Peers\": [\n    {\n      \"ID\": \"a\"\n    },\n    {\n      \"ID\": \"b\"\n    }\n  ]\n}\n"
    );
    assert_eq!(
        text(&[keep(&["/Peers/1/At"])], json),
        "{\n  \"Peers\": [\n    {\n      \"At\": 2\n    }\n  ]\n}\n"
    );
    assert_eq!(
        text(&[keep(&["/a~1b/~0"])], json),
        "{\n  \"a/b\": {\n    \"~\": 1\n  }\n}\n"
    );
}

#[test]
fn json_fields_are_left_out_by_path() {
    let json = r#"{"Count":3,"Peers":[{"ID":"a","At":1}]}"#;
    assert_eq!(
        text(&[leave(&["/Peers/*/At", "/Count"])], json),
        "{\n  \"Peers\": [\n    {\n      \"ID\": \"a\"\n    }\n  ]\n}\n"
    );
}

#[test]
fn a_kept_path_that_leads_nowhere_is_told() {
    let seen = normalised(&[keep(&["/a", "/b", "/a/c", "/l/*"])], r#"{"a":1,"l":[]}"#);
    assert_eq!(seen.unmatched, ["/b", "/a/c", "/l/*"]);
    assert!(seen.has_content);
    assert!(!normalised(&[keep(&["/b"])], r#"{"a":1}"#).has_content);
}

#[test]
fn what_is_no_json_is_told() {
    for bad in ["<html>", "{\"a\":", "{} {}", "\u{1}"] {
        let why = Normaliser::new(&[keep(&["/a"])])
            .unwrap()
            .normalise(bad.as_bytes())
            .unwrap_err();
        assert!(why.starts_with("it is no JSON: "), "{why}");
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    let why = Normaliser::new(&[leave(&["/a"])])
        .unwrap()
        .normalise(deep.as_bytes())
        .unwrap_err();
    assert!(why.contains("nested more than"), "{why}");
    let very_deep = "[".repeat(1 << 20);
    assert!(
        Normaliser::new(&[leave(&["/a"])])
            .unwrap()
            .normalise(very_deep.as_bytes())
            .is_err()
    );
    assert_eq!(
        text(&[keep(&["/a"])], " \n"),
        " \n",
        "an empty output is empty, not wrong"
    );
}

#[test]
fn only_blanks_marks_and_empty_json_are_no_content() {
    let has = |rules: &[Rule], raw: &str| normalised(rules, raw).has_content;
    assert!(!has(&[], "") && !has(&[], " \n\t\r\n"));
    assert!(!has(&[mask("Server.*")], "Server a\n\nServer b\n"));
    assert!(has(&[mask("Server.*")], "Server a\n0\n"));
    assert!(has(&[], "{}") && !has(&[leave(&["/a"])], r#"{"a":1}"#));
}

#[test]
fn mistakes_in_rules_are_told_with_their_place() {
    assert_eq!(
        refused(&[Rule::Sort, mask("(")]),
        (1, "unclosed group".to_owned())
    );
    assert!(refused(&[mask("x*")]).1.contains("where nothing stands"));
    assert_eq!(refused(&[mask("")]).1, "it is empty");
    assert!(
        refused(&[mask(&"x".repeat(5_000))])
            .1
            .contains("longer than 4096 bytes")
    );
    assert_eq!(
        refused(&[mask("(x{1000}){1000}")]).1,
        "it is too large once it is compiled"
    );
    assert_eq!(refused(&[columns(&[0])]).1, "columns are numbered from 1");
    assert_eq!(refused(&[columns(&[])]).1, "it names no column");
    assert!(
        refused(&[cells(&[Column::Number(1)], "")])
            .1
            .contains("at least one letter")
    );
    assert!(refused(&[keep(&["Count"])]).1.contains("\"/TotalDiskSize\""));
    assert_eq!(refused(&[leave(&[])]).1, "it names no path");
}

#[test]
fn no_rule_makes_an_output_longer_than_the_limit() {
    let giant = vec![b'a'; 1 << 20];
    let masks = [mask("a"), mask("[a-z]")];
    let why = Normaliser::new(&masks).unwrap().normalise(&giant).unwrap_err();
    assert!(why.contains(&MAX_NORMALISED_BYTES.to_string()), "{why}");
    let nested = "[".repeat(120) + &"1,".repeat(400_000) + "1" + &"]".repeat(120);
    assert!(
        Normaliser::new(&[leave(&["/x"])])
            .unwrap()
            .normalise(nested.as_bytes())
            .is_err()
    );
    assert_eq!(
        normalised(&[Rule::Sort, columns(&[2])], &giant).bytes.len(),
        (1 << 20) + 1
    );
}

/// Lines in which the masks below find something.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        proptest::string::bytes_regex(r"([a-c]{0,3}[ \t|]{0,2}[0-9]{0,3}(\r?\n)?){0,40}").unwrap(),
    ]
}

proptest! {
    #[test]
    fn normalising_again_changes_nothing(raw in hostile()) {
        let rules = [mask(r"\d+"), mask("^b.*"), Rule::Sort];
        let once = normalised(&rules, &raw).bytes;
        prop_assert_eq!(&normalised(&rules, &once).bytes, &once);
    }

    #[test]
    fn the_order_of_lines_does_not_matter_once_they_are_sorted(raw in hostile(), seed in any::<u64>()) {
        let mut lines: Vec<Vec<u8>> = raw.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let before = [lines.join(&b'\n'), vec![b'\n']].concat();
        let turn = usize::try_from(seed % 97).unwrap() % lines.len();
        lines.rotate_left(turn);
        lines.reverse();
        let after = [lines.join(&b'\n'), vec![b'\n']].concat();
        prop_assert_eq!(normalised(&[Rule::Sort], before), normalised(&[Rule::Sort], after));
    }

    #[test]
    fn no_rule_adds_or_removes_a_line(raw in hostile()) {
        let count = |bytes: &[u8]| bytes.split_inclusive(|byte| *byte == b'\n').count();
        for rule in [mask("[a-c]+"), mask("^.+$"), columns(&[1, 2]), Rule::Sort] {
            prop_assert!(count(&normalised(&[rule], &raw).bytes) <= count(&raw));
        }
        prop_assert_eq!(count(&normalised(&[mask("^.+$")], &raw).bytes), count(&raw));
    }

    #[test]
    fn bytes_that_no_mask_matches_survive(raw in hostile()) {
        prop_assert_eq!(&normalised(&[mask("zzz+")], &raw).bytes, &raw);
    }

    #[test]
    fn any_json_comes_to_itself(value in any_json()) {
        let rules = [leave(&["/no such member/x"])];
        let once = text(&rules, value.to_string());
        let read: serde_json::Value = serde_json::from_str(&once).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(text(&rules, &once), once);
    }

    #[test]
    fn json_never_panics(raw in hostile()) {
        let rules = Normaliser::new(&[keep(&["/*/0", "/a"])]).unwrap();
        let _ = rules.normalise(&raw);
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            proptest::collection::btree_map(".{0,4}", inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
