//! `check` explains each mistake with its line, and preflights both sites without changing them.

use crate::program::Place;

#[test]
fn each_mistake_is_told_with_its_line() {
    let place = Place::new();
    place.configure(
        "[pair.a]\nproduction = \"/p\"\nstandby = \"/s\"\nevry = \"4h\"\n[pair.a.tree]\nsettle = \"soon\"\n",
    );
    let ran = place.run(&["check"]).with_code(2);
    assert!(
        ran.out
            .contains("counterpart.toml:4:1: error: unknown setting `evry`"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("hint: did you mean `every`?"), "{}", ran.out);
    assert!(
        ran.out
            .contains("counterpart.toml:6:10: error: `settle` cannot be \"soon\""),
        "{}",
        ran.out
    );
    let (code, document) = place.json(&["check"]);
    assert_eq!((code, document["mistakes"].as_array().unwrap().len()), (2, 2));
    let ran = place.run(&["run"]).with_code(2);
    assert!(
        ran.err.contains("`counterpart check` shows 1 more"),
        "{}",
        ran.err
    );
}

#[test]
fn both_sites_are_looked_at_and_left_alone() {
    let place = Place::new();
    place.small_archive("");
    let ran = place.run(&["check"]).with_code(0);
    for word in [
        "production  root",
        "standby     room",
        "standby     metadata",
        "archive  ready",
    ] {
        assert!(ran.out.contains(word), "{word} in {}", ran.out);
    }
    assert_eq!(std::fs::read_dir(place.path("standby")).unwrap().count(), 0);
}

#[test]
fn a_missing_root_and_overlapping_roots_are_in_the_way() {
    let place = Place::new();
    place.small_archive("");
    place.configure("[pair.a]\nproduction = \"gone\"\nstandby = \"standby\"\n");
    let ran = place.run(&["check"]).with_code(1);
    assert!(ran.out.contains("NOT READY"), "{}", ran.out);
    place.configure("[pair.a]\nproduction = \"production\"\nstandby = \"production/a\"\n");
    let ran = place.run(&["check"]).with_code(1);
    assert!(ran.out.contains("lies in, production"), "{}", ran.out);
}
