//! The checks on length: what is counted, what is exempt, and that the ratchet turns one way.
//! That the project itself keeps the limits is for `cargo xtask house`.

use xtask::house::lengths::functions_in;
use xtask::house::ratchet::{Figures, median};
use xtask::workspace::SourceFile;

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "crates/tree/src/walk.rs".to_owned(),
        text: text.to_owned(),
    }
}

fn figures(longest_function: usize, median_function: usize) -> Figures {
    Figures {
        longest_function,
        longest_file: 500,
        median_function,
        median_file: 200,
    }
}

#[test]
fn a_function_is_counted_from_its_signature_to_its_brace() {
    let text = "//! Head.\n\n/// Documented.\n#[inline]\nfn walk(\n    a: u8,\n) -> u8 {\n    a\n}\n";
    let functions = functions_in(&file(text)).unwrap();
    assert_eq!(functions.len(), 1);
    assert_eq!(functions[0].place, "crates/tree/src/walk.rs:5");
    assert_eq!(functions[0].lines, 5);
}

#[test]
fn methods_and_default_methods_and_nested_functions_are_counted() {
    let text = "impl A {\n fn one() {\n fn two() {}\n }\n}\ntrait T {\n fn three() {}\n fn none();\n}\n";
    let names: Vec<String> = functions_in(&file(text))
        .unwrap()
        .into_iter()
        .map(|function| function.name)
        .collect();
    assert_eq!(names, ["one", "two", "three"]);
}

#[test]
fn a_file_that_does_not_parse_is_named() {
    let error = functions_in(&file("fn {")).unwrap_err();
    assert!(error.to_string().contains("crates/tree/src/walk.rs"));
}

#[test]
fn growth_beyond_the_record_is_refused() {
    let grown = figures(60, 10).outgrown(&figures(61, 10));
    assert_eq!(grown, ["the longest function has 61 lines, above 60"]);
    assert_eq!(figures(60, 10).outgrown(&figures(60, 10)), [] as [String; 0]);
}

#[test]
fn a_record_above_the_limit_does_not_raise_the_limit() {
    assert_eq!(
        figures(150, 10).outgrown(&figures(120, 10)),
        ["the longest function has 120 lines, above 100"]
    );
}

#[test]
fn tightening_lowers_and_never_raises() {
    assert_eq!(figures(90, 12).tightened(&figures(70, 11)), figures(70, 11));
    assert_eq!(figures(60, 10).tightened(&figures(70, 11)), figures(60, 10));
}

#[test]
fn tightening_stops_at_the_goals() {
    assert_eq!(figures(90, 12).tightened(&figures(7, 3)), figures(40, 10));
}

#[test]
fn the_record_reads_back_as_it_was_written() {
    let written = figures(90, 12).render().unwrap();
    assert_eq!(Figures::parse(&written).unwrap(), figures(90, 12));
    assert!(Figures::parse("longest = 3").is_err());
}

#[test]
fn the_median_is_the_middle() {
    assert_eq!(median(vec![9, 1, 5]), 5);
    assert_eq!(median(vec![]), 0);
}
