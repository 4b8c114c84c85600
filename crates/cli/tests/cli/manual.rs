//! The manual pages: one a command, and both of the programs that show them accept each without a warning.

use crate::program::Place;
use counterpart_cli::reference::man_pages;
use std::path::Path;
use std::process::Command;

/// What a checker says of a page; it must be there, and must be content.
#[track_caller]
fn complaints(program: &str, arguments: &[&str], page: &Path) -> String {
    let ran = Command::new(program).args(arguments).arg(page).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program} must be installed for this test: {error}"));
    String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr)
}

#[test]
fn every_page_is_accepted_without_a_warning() {
    let place = Place::new();
    place.run(&["reference", "--man", "man"]).with_code(0);
    let pages: Vec<_> = std::fs::read_dir(place.path("man"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(pages.len(), man_pages().unwrap().len());
    for page in pages {
        assert_eq!(complaints("mandoc", &["-Tlint", "-Wwarning"], &page), "");
        assert_eq!(
            complaints("groff", &["-Kutf8", "-man", "-ww", "-Tutf8", "-z"], &page),
            ""
        );
    }
}

#[test]
fn every_command_that_help_shows_has_its_page() {
    let place = Place::new();
    let names: Vec<String> = man_pages().unwrap().into_iter().map(|page| page.name).collect();
    let help = place.run(&["--help"]).with_code(0).out;
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let mut commands = 0;
    for line in listed {
        // A description that is long goes on in the next line.
        let begins = line.strip_prefix("  ").is_some_and(|rest| !rest.starts_with(' '));
        let command = line.split_whitespace().next().unwrap();
        if begins && command != "help" {
            commands += 1;
            assert!(names.contains(&format!("counterpart-{command}.1")), "{command}");
        }
    }
    assert!(commands > 10, "{help}");
    assert!(names.contains(&"counterpart-certificate-verify.1".to_owned()));
}

#[test]
fn a_page_shows_what_it_is_for() {
    let pages = man_pages().unwrap();
    let page = pages
        .iter()
        .find(|page| page.name == "counterpart-mirror.1")
        .unwrap();
    for part in [
        ".SH NAME\ncounterpart\\-mirror \\- ",
        ".SH SYNOPSIS",
        "\\-\\-max\\-delete",
        ".SH EXAMPLES",
        ".SH \"SEE ALSO\"",
    ] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    // What every command takes stands in the first page only.
    assert!(!page.text.contains("\\-\\-progress"), "{}", page.text);
    assert!(pages[0].text.contains("\\-\\-progress") && pages[0].text.contains(".SH \"EXIT STATUS\""));
}
