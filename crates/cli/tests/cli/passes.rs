//! Passes as a user sees them: verdict lines, refusals with the command that allows them, exit codes, remembered pairs.

use crate::program::Place;

#[test]
fn a_run_ends_in_its_verdict() {
    let place = Place::new();
    place.small_archive("");
    let ran = place.run(&["run"]).with_code(0);
    let last = ran.out.trim_end().lines().last().unwrap().to_owned();
    assert!(last.starts_with("archive  CONGRUENT as of "), "{last}");
    assert!(
        last.contains("Z (+00:00)  oldest read now  0 exceptions"),
        "{last}"
    );
    let status = place.run(&["status"]).with_code(0).out;
    assert!(status.starts_with("archive  CONGRUENT as of "), "{status}");
}

#[test]
fn verify_says_what_differs_and_changes_nothing() {
    let place = Place::new();
    place.small_archive("");
    place.run(&["run"]).with_code(0);
    place.write("production/new", "new");
    let ran = place.run(&["verify"]).with_code(1);
    assert!(ran.out.contains("NOT CONGRUENT"), "{}", ran.out);
    assert!(!place.path("standby/new").exists());
}

#[test]
fn a_refusal_names_the_command_that_allows_it_and_that_command_does() {
    let place = Place::new();
    place.small_archive("[pair.archive.guard]\nmax_delete = 0\n");
    place.run(&["run"]).with_code(0);
    std::fs::remove_file(place.path("production/three")).unwrap();
    let ran = place.run(&["run", "--reason", "it's moved"]).with_code(3);
    assert!(ran.out.contains("Refused: max-delete"), "{}", ran.out);
    assert!(place.path("standby/three").exists());
    let line = ran
        .out
        .lines()
        .find(|line| line.contains("--approve"))
        .unwrap()
        .trim();
    assert!(line.contains(r"--reason 'it'\''s moved'"), "{line}");
    let line = line.replace("counterpart", env!("CARGO_BIN_EXE_counterpart"));
    let output = place.shell(&line);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{line}: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(!place.path("standby/three").exists());
}

#[test]
fn an_emptied_production_is_refused() {
    let place = Place::new();
    place.small_archive("");
    place.run(&["run"]).with_code(0);
    std::fs::remove_dir_all(place.path("production/a")).unwrap();
    std::fs::remove_file(place.path("production/three")).unwrap();
    let ran = place.run(&["run"]).with_code(3);
    assert!(ran.out.contains("Refused: source-empty"), "{}", ran.out);
    assert!(ran.out.contains("REFUSED as of"), "{}", ran.out);
    assert!(place.path("standby/a/one").exists());
    let status = place.run(&["status"]).with_code(1).out;
    assert!(status.contains("last CONGRUENT as of"), "{status}");
}

#[test]
fn a_mirror_is_remembered_as_a_pair() {
    let place = Place::new();
    place.write("p/one", "one");
    place.run(&["mirror", "p", "s"]).with_code(0);
    assert!(place.run(&["status"]).with_code(0).out.starts_with("p-"));
    assert!(place.run(&["log"]).with_code(0).out.contains(">f+++++++++ one"));
    place.run(&["verify", "p", "s"]).with_code(0);
    place.run(&["certificate", "verify"]).with_code(0);
}

#[test]
fn overlapping_roots_are_refused_and_leave_nothing() {
    let place = Place::new();
    place.write("p/one", "one");
    place.run(&["mirror", "p", "p/inner"]).with_code(3);
    place.run(&["mirror", "p", "p"]).with_code(3);
    place
        .run(&["mirror", "p", "s", "--state", "p/state"])
        .with_code(3);
    place.run(&["mirror", "p", "s", "--state", "s"]).with_code(3);
    place
        .run(&["mirror", "p", "s", "--state", "s/state"])
        .with_code(3);
    assert_eq!(std::fs::read_dir(place.path("p")).unwrap().count(), 1);
}

#[test]
fn a_foreign_standby_is_refused_and_adopted_when_told() {
    let place = Place::new();
    place.write("p/one", "one");
    place.write("s/other", "other");
    let ran = place.run(&["mirror", "p", "s"]).with_code(3);
    assert!(ran.out.contains("--adopt"), "{}", ran.out);
    assert!(place.path("s/other").exists());
    place.run(&["status"]).with_code(2);
}

#[test]
fn a_name_with_control_bytes_never_reaches_the_terminal_raw() {
    let place = Place::new();
    place.write("p/\u{1b}[31mred\nline", "x");
    place.run(&["mirror", "p", "s", "--verbose"]).with_code(0);
    for arguments in [
        vec!["log"],
        vec!["manifest"],
        vec!["manifest", "--export", "csv"],
        vec!["log", "--json"],
    ] {
        let ran = place.run(&arguments).with_code(0);
        assert!(!ran.out.contains('\u{1b}'), "{arguments:?}");
        assert!(ran.out.contains("x1b[31mred"), "{arguments:?}: {}", ran.out);
    }
}

#[test]
fn a_missing_source_is_refused() {
    let place = Place::new();
    let ran = place.run(&["mirror", "gone", "s"]).with_code(3);
    assert!(ran.err.starts_with("error[source-missing]: "), "{}", ran.err);
    assert!(ran.err.contains("\nhint: "), "{}", ran.err);
}
