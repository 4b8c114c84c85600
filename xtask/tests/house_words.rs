//! The checks on words and heads: what they find, and what they must leave alone.
//! Forbidden words are written in pieces here, so that the house does not complain of its own tests.

use std::path::Path;

use xtask::house::{heads, words};
use xtask::workspace::SourceFile;

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "docs/A.md".to_owned(),
        text: text.to_owned(),
    }
}

fn complaints(text: &str) -> Vec<String> {
    let places = words::places(Path::new("/opt/checkout"));
    words::judge(&file(text), &places)
        .into_iter()
        .map(|complaint| complaint.to_string())
        .collect()
}

#[test]
fn a_promise_is_found_with_its_line() {
    let found = complaints(concat!("fine\n// TO", "DO: later\n"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("docs/A.md:2: says"), "{}", found[0]);
}

#[test]
fn a_promise_within_a_word_is_none() {
    assert_eq!(
        complaints(concat!("MASTO", "DON and auTO", "DO2")),
        [] as [&str; 0]
    );
}

#[test]
fn a_macro_that_is_a_promise_is_found() {
    assert_eq!(complaints(concat!("    todo", "!(\"x\")")).len(), 1);
}

#[test]
fn a_workplace_is_found_at_the_start_of_a_path_only() {
    assert_eq!(complaints(concat!("see /wo", "rk/main/x")).len(), 1);
    assert_eq!(complaints(concat!("\"/fa", "rm/x\"")).len(), 1);
    assert_eq!(
        complaints(concat!("archive/wo", "rk/main and {root}/wo", "rk/x")),
        [] as [&str; 0]
    );
}

#[test]
fn the_folder_that_the_checkout_is_in_is_a_workplace() {
    let named = |checkout: &str| words::places(Path::new(checkout));
    assert!(named("/yard/counterpart").contains(&"/yard/".to_owned()));
    assert!(!named("/srv/counterpart").contains(&"/srv/".to_owned()));
}

#[test]
fn a_head_with_a_sentence_is_enough() {
    let good = "//! Walks a tree; it changes nothing.\n\nuse std::fs;\n";
    assert_eq!(heads::judge(&file(good)), None);
    assert_eq!(
        heads::judge(&file("//! What this does\n//! over two lines.\n")),
        None
    );
}

#[test]
fn a_file_without_a_head_is_refused() {
    assert!(heads::judge(&file("use std::fs;\n//! Late.\n")).is_some());
    assert!(heads::judge(&file("//! Chores.\nfn main() {}\n")).is_some());
    assert!(heads::judge(&file("//! no stop at the end\n")).is_some());
}
