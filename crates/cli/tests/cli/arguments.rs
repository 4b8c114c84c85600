//! What may be said on the command line, and what is said back when it may not.

use crate::program::Place;

#[test]
fn an_unknown_command_is_answered_with_the_nearest() {
    for (said, meant) in [("verfy", "verify"), ("rnu", "run"), ("mirorr", "mirror")] {
        let ran = Place::new().run(&[said]).with_code(2);
        assert!(ran.err.contains(meant), "{said}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn no_command_of_a_later_version_is_listed() {
    let help = Place::new().run(&["--help"]).with_code(0).out;
    for later in ["database", "promote", "cutover", "studies"] {
        assert!(!help.contains(&format!("\n  {later} ")), "{later}");
    }
    assert!(!help.contains("reference"), "{help}");
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let place = Place::new();
    let commands = [
        "demo",
        "mirror",
        "init",
        "check",
        "plan",
        "run",
        "verify",
        "status",
        "log",
        "manifest",
        "where",
        "history",
        "undelete",
        "repair",
        "prune",
        "explain",
        "import",
        "completions",
    ];
    for command in commands {
        let help = place.run(&[command, "--help"]).with_code(0).out;
        assert!(help.contains(&format!("  counterpart {command}")), "{help}");
    }
}

#[test]
fn a_mistake_is_a_document_where_one_is_wanted() {
    let (code, document) = Place::new().json(&["run", "--bogus"]);
    assert_eq!((code, document["error"]["code"].as_str()), (2, Some("usage")));
    let (code, document) = Place::new().json(&["run"]);
    assert_eq!((code, document["error"]["code"].as_str()), (2, Some("config")));
    assert!(
        document["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("counterpart init")
    );
}

#[test]
fn limits_and_classes_are_judged_as_in_the_configuration() {
    let place = Place::new();
    let ran = place
        .run(&["mirror", "a", "b", "--max-delete", "lots"])
        .with_code(2);
    assert!(ran.err.contains("write a percentage"), "{}", ran.err);
    let ran = place
        .run(&["mirror", "a", "b", "--carry", "mode,ownr"])
        .with_code(2);
    assert!(ran.err.contains("did you mean `owner`?"), "{}", ran.err);
    let ran = place.run(&["mirror", "host:/a", "host:/b"]).with_code(2);
    assert!(ran.err.contains("both sites are far away"), "{}", ran.err);
    let ran = place.run(&["mirror", "a", "b", "--exclude", "a{b"]).with_code(2);
    assert!(ran.err.contains("error[usage]"), "{}", ran.err);
}

#[test]
fn quiet_and_verbose_exclude_each_other() {
    Place::new().run(&["status", "--quiet", "--verbose"]).with_code(2);
}

#[test]
fn init_writes_once_and_check_understands_it() {
    let place = Place::new();
    for name in ["p", "s"] {
        std::fs::create_dir(place.path(name)).unwrap();
    }
    place.run(&["init", "p", "s", "--pair", "images"]).with_code(0);
    let text = std::fs::read_to_string(place.path("counterpart.toml")).unwrap();
    assert!(text.contains("[pair.images]"), "{text}");
    let ran = place.run(&["init"]).with_code(2);
    assert!(ran.err.contains("is not overwritten"), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(place.path("counterpart.toml")).unwrap(),
        text
    );
    place.run(&["check"]).with_code(0);
}

#[test]
fn init_refuses_what_check_would() {
    let place = Place::new();
    place.run(&["init", "-x:/a", "/b"]).with_code(2);
    place.run(&["init", "host:/a", "host:/b"]).with_code(2);
    place.run(&["init", "--pair", "a/b"]).with_code(2);
    assert!(!place.path("counterpart.toml").exists());
}
