//! When something is said: after each pass, on failure and recovery, on change; and of passes that did not come to their end.

use super::scene::Scene;
use super::sink::{Sink, mail_table};

fn subjects(sink: &Sink) -> Vec<String> {
    let words = |subject: &str| {
        subject
            .split(" as of ")
            .next()
            .unwrap()
            .trim_start_matches("[counterpart] ")
            .to_owned()
    };
    sink.mail().iter().map(|mail| words(mail.subject())).collect()
}

fn told(pair: &str, more: &str) -> (Scene, Sink) {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    scene.configure(
        &format!("every = \"1h\"\n{pair}"),
        &mail_table(&sink, "plain", more),
    );
    (scene, sink)
}

/// Two good passes, two that are refused, two good ones.
fn up_and_down(scene: &Scene) {
    scene.congruent();
    scene.congruent();
    scene.empty_production();
    for _ in 0..2 {
        assert_eq!(scene.run(&["run"]).code, 3);
    }
    scene.bring_back();
    scene.congruent();
    scene.congruent();
}

#[test]
fn always_tells_of_each_pass() {
    let (scene, sink) = told("", "");
    up_and_down(&scene);
    assert_eq!(
        subjects(&sink),
        [
            "p CONGRUENT",
            "p CONGRUENT",
            "p REFUSED",
            "p REFUSED",
            "p CONGRUENT AGAIN",
            "p CONGRUENT"
        ]
    );
    let refused = &sink.mail()[2];
    assert!(
        refused.subject().ends_with("(source-empty), nothing was changed"),
        "{}",
        refused.subject()
    );
    assert!(
        refused.flat().contains("Last congruent as of 20"),
        "{}",
        refused.text()
    );
}

#[test]
fn failure_tells_of_what_is_wrong_and_of_its_end() {
    let (scene, sink) = told("", "when = \"failure\"");
    up_and_down(&scene);
    assert_eq!(subjects(&sink), ["p REFUSED", "p REFUSED", "p CONGRUENT AGAIN"]);
    assert!(
        sink.last().flat().contains("Silence says nothing"),
        "{}",
        sink.last().text()
    );
}

#[test]
fn change_tells_of_changes_alone() {
    let (scene, sink) = told("", "when = \"change\"");
    up_and_down(&scene);
    assert_eq!(subjects(&sink), ["p CONGRUENT", "p REFUSED", "p CONGRUENT AGAIN"]);
}

#[test]
fn silence_is_never_longer_than_promised() {
    // The next pass may end after two hours: the promise of one is kept by saying something each time.
    let (scene, sink) = told("", "when = \"change\"\nat_least = \"2h\"");
    scene.congruent();
    scene.congruent();
    assert_eq!(subjects(&sink).len(), 2);
    let (scene, sink) = told("", "when = \"change\"\nat_least = \"1d\"");
    scene.congruent();
    scene.congruent();
    assert_eq!(subjects(&sink).len(), 1);
    let messages = scene.messages();
    assert!(messages["next_promised"].is_string(), "{messages}");
}

#[test]
fn one_pair_may_have_it_otherwise() {
    let (scene, sink) = told(
        "[pair.p.notify]\nwhen = \"failure\"\nto = [\"study@example.org\"]",
        "",
    );
    scene.congruent();
    assert!(sink.mail().is_empty());
    scene.empty_production();
    scene.run(&["run"]);
    assert_eq!(sink.last().recipients(), ["study@example.org"]);
}

#[test]
fn a_verification_is_told_of_where_that_is_wanted() {
    let (scene, sink) = told("", "");
    scene.congruent();
    assert_eq!(scene.run(&["verify"]).code, 0);
    assert_eq!(sink.mail().len(), 1);
    scene.configure(
        "every = \"1h\"",
        &format!("[notify]\nverify = true\n{}", mail_table(&sink, "plain", "")),
    );
    assert_eq!(scene.run(&["verify"]).code, 0);
    assert!(sink.last().flat().contains("(verify)"), "{}", sink.last().text());
}

#[test]
fn a_pass_that_could_not_begin_is_told_of() {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    let standby = scene.path("standby").display().to_string();
    scene.configure_sites(
        "ssh://nobody@127.0.0.1:1/nowhere",
        &standby,
        "",
        &mail_table(&sink, "plain", ""),
    );
    assert_eq!(scene.run(&["run"]).code, 4);
    let mail = sink.last();
    assert_eq!(mail.subject(), "[counterpart] p COULD NOT FINISH (site-lost)");
    assert!(
        mail.flat().contains("Last congruent never yet"),
        "{}",
        mail.text()
    );
    assert!(
        !mail.0["raw"].as_str().unwrap().contains("nowhere"),
        "{}",
        mail.text()
    );
}

#[test]
fn a_plan_a_mirror_and_a_repair_that_is_only_shown_are_told_to_nobody() {
    let (scene, sink) = told("", "");
    scene.congruent();
    assert_eq!(scene.run(&["plan"]).code, 0);
    assert_eq!(
        scene.run(&["repair", "a"]).code,
        4,
        "there is nothing to put right"
    );
    let (production, other) = (scene.path("production"), scene.path("other"));
    assert_eq!(
        scene
            .run(&["mirror", production.to_str().unwrap(), other.to_str().unwrap()])
            .code,
        0
    );
    assert_eq!(sink.mail().len(), 1);
}
