//! The checks that hold documents against the code: arrows and their map, reasons, schemas, the reference.
//! Each is given a small made-up project; the real one is for `cargo xtask house`.

#![allow(
    clippy::unwrap_used,
    reason = "a test's helpers may fail as loudly as the test"
)]

use std::collections::BTreeSet;

use xtask::house::manifest::Metadata;
use xtask::house::{arrows, dependencies, schemas};
use xtask::reference;
use xtask::workspace::SourceFile;

fn arrow(from: &str, to: &str, kind: &str) -> Vec<String> {
    let json =
        format!(r#"{{"packages":[{{"name":"{from}","dependencies":[{{"name":"{to}","kind":{kind}}}]}}]}}"#);
    let metadata = Metadata::parse(&json).unwrap();
    arrows::judge(&metadata)
        .into_iter()
        .map(|complaint| complaint.what)
        .collect()
}

#[test]
fn arrows_down_are_fine() {
    assert_eq!(arrow("counterpart", "counterpart-model", "null"), [] as [&str; 0]);
    assert_eq!(
        arrow("counterpart-site", "counterpart-tree", "null"),
        [] as [&str; 0]
    );
    assert_eq!(arrow("counterpart-model", "blake3", "null"), [] as [&str; 0]);
}

#[test]
fn arrows_up_and_to_itself_are_refused() {
    assert_eq!(
        arrow("counterpart-tree", "counterpart-site", "null"),
        ["must not depend on counterpart-site"]
    );
    assert_eq!(
        arrow("counterpart-model", "counterpart", "\"dev\""),
        ["must not depend on counterpart"]
    );
    assert_eq!(
        arrow("counterpart-tree", "counterpart-tree", "\"dev\""),
        ["must not depend on counterpart-tree"]
    );
}

#[test]
fn the_engine_knows_sites_only_through_the_port_but_its_tests_may_use_one() {
    assert_eq!(arrow("counterpart-engine", "counterpart-site", "null").len(), 1);
    assert_eq!(
        arrow("counterpart-engine", "counterpart-site", "\"dev\""),
        [] as [&str; 0]
    );
}

#[test]
fn the_chores_stand_apart_and_an_unknown_room_is_refused() {
    assert_eq!(
        arrow("xtask", "counterpart-model", "null"),
        ["depends on counterpart-model"]
    );
    assert_eq!(arrow("counterpart-attic", "blake3", "null").len(), 1);
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn foreign_dependencies_are_read_and_own_crates_left_out() {
    let manifest = "[workspace.dependencies]\nown = { path = \"crates/own\" }\nblake3 = \"1\"\nclap = { version = \"4\" }\n";
    assert_eq!(
        dependencies::declared_in(manifest).unwrap(),
        set(&["blake3", "clap"])
    );
}

#[test]
fn a_reason_must_not_be_empty() {
    let document = "| crate | why |\n| --- | --- |\n| `blake3` | fast |\n| `clap` | |\n";
    assert_eq!(dependencies::explained_in(document), set(&["blake3"]));
}

#[test]
fn a_missing_reason_and_a_stale_one_are_found() {
    let found = dependencies::judge(&set(&["blake3", "clap"]), &set(&["blake3", "serde"]));
    let whats: Vec<&str> = found.iter().map(|complaint| complaint.what.as_str()).collect();
    assert_eq!(
        whats,
        ["gives no reason for `clap`", "gives a reason for `serde`"]
    );
}

fn schema(text: &str) -> bool {
    let file = SourceFile {
        name: "docs/schema/pass.json".to_owned(),
        text: text.to_owned(),
    };
    schemas::judge(&file).is_none()
}

#[test]
fn a_schema_parses_and_names_itself() {
    assert!(schema(
        r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Pass"}"#
    ));
    assert!(!schema(r#"{"title": "Pass"}"#));
    assert!(!schema("{"));
}

#[test]
fn the_reference_is_compared_line_by_line() {
    assert_eq!(reference::compare("docs/CLI.md", "a\nb\n", "a\nb\n"), []);
    let found = reference::compare("docs/CLI.md", "a\nb\n", "a\nc\n");
    assert_eq!(found[0].place, "docs/CLI.md:2");
    assert_eq!(
        reference::compare("docs/CLI.md", "", "a\n")[0].place,
        "docs/CLI.md:1"
    );
}

#[test]
fn a_program_that_says_nothing_of_itself_is_not_equal_to_an_empty_file() {
    assert_eq!(reference::compare("docs/CLI.md", "", "").len(), 1);
}
