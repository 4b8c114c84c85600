//! When probes are asked, and what becomes of their answers in findings, report and certificate.

use crate::support::commands::task;
use crate::support::pair::request;
use crate::support::{Pair, Recorder, file, path};
use counterpart_engine::hooks::{Application, Hold, Hooks};
use counterpart_engine::{Outcome, PassKind, PassReport, ProbeSettings};
use counterpart_evidence::Certificate;
use counterpart_evidence::certificate::{HoldMethod, Layer};
use counterpart_model::Verdict;
use counterpart_port::{Act, Address, HowEnded, Task};
use counterpart_probe::{CleanRule, Rule};

/// A probe that runs one word at production and another one at the standby.
fn probe(name: &str) -> ProbeSettings {
    ProbeSettings {
        name: name.to_owned(),
        production: task(&format!("{name}-p")),
        standby: task(&format!("{name}-s")),
        rules: Vec::new(),
        clean: None,
        may_be_empty: false,
    }
}

/// A pair with one file and these probes; each says the same at both sites.
fn pair(probes: Vec<ProbeSettings>) -> Pair {
    let mut pair = Pair::with(&[("a", file("one", 1))]);
    for probe in &probes {
        answers(&pair, &probe.name, ["7 records\n", "7 records\n"]);
    }
    pair.settings.probes = probes;
    pair
}

fn answers(pair: &Pair, name: &str, [production, standby]: [&str; 2]) {
    pair.commands.say(&format!("{name}-p"), production);
    pair.commands.say(&format!("{name}-s"), standby);
}

fn done(pair: &Pair) -> Vec<String> {
    let done = pair.commands.done().into_iter();
    done.filter(|word| !word.starts_with("gone:")).collect()
}

fn certificate(pair: &Pair, report: &PassReport) -> Certificate {
    pair.ledger.certificate(&report.pass).unwrap().0
}

fn codes(report: &PassReport) -> Vec<&str> {
    report
        .failures
        .iter()
        .map(|failure| failure.code.as_str())
        .collect()
}

fn hooks(method: HoldMethod) -> Hooks {
    Hooks {
        production_hold: Hold {
            method,
            begin: Some(task("hold")),
            end: Some(task("release")),
            ..Hold::default()
        },
        application: Application {
            stop: Some(task("stop")),
            start: Some(task("start")),
            ..Application::default()
        },
        ..Hooks::default()
    }
}

#[test]
fn production_is_asked_while_it_is_held_and_the_standby_once_it_runs_again() {
    let mut pair = pair(vec![probe("one"), probe("two")]);
    pair.settings.hooks = hooks(HoldMethod::ReadOnly);
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    let expected = [
        "hold", "one-p", "two-p", "stop", "release", "start", "one-s", "two-s",
    ];
    // Whatever the round before the hold does, it asks nobody.
    let done = done(&pair);
    let asked = |word: &&String| expected.contains(&word.as_str()) && *word != "stop";
    let expected: Vec<&str> = expected.into_iter().filter(|word| *word != "stop").collect();
    assert_eq!(
        done.iter().filter(asked).collect::<Vec<_>>(),
        expected,
        "{done:?}"
    );
    let steps: Vec<&str> = report.steps.iter().map(|step| step.step.as_str()).collect();
    assert!(
        steps.ends_with(&["observe-standby", "verdict", "certify"]),
        "{steps:?}"
    );
    assert_eq!(certificate(&pair, &report).production_state.moving_seconds, 0);
}

#[test]
fn production_that_will_be_stopped_is_asked_before() {
    let mut pair = pair(vec![probe("one")]);
    pair.settings.hooks = hooks(HoldMethod::Stop);
    assert!(pair.run().congruent);
    let done = done(&pair);
    let at = |word: &str| done.iter().position(|did| did == word).unwrap();
    assert!(
        at("one-p") < at("hold") && at("release") < at("one-s"),
        "{done:?}"
    );
}

#[test]
fn a_plan_asks_nobody_and_a_verification_both() {
    let pair = pair(vec![probe("one")]);
    let plan = pair.plan();
    assert_eq!(done(&pair), Vec::<String>::new());
    let step = plan
        .pass
        .iter()
        .find(|step| step.step == "observe-standby")
        .unwrap();
    assert_eq!(step.does, "probes: one");
    pair.run();
    done(&pair);
    let report = pair.verify(false);
    assert!(report.congruent, "{report:?}");
    assert_eq!(done(&pair), ["one-p", "one-s"]);
}

#[test]
fn a_refused_pass_asks_no_standby() {
    let mut pair = pair(vec![probe("one")]);
    pair.run();
    done(&pair);
    pair.settings.guards.max_delete = counterpart_engine::Limit::Entries(0);
    pair.production.take(&path("a"));
    let Outcome::Pass(report) = pair.pass(&request(PassKind::Run), &Recorder::default()).unwrap() else {
        panic!("a plan");
    };
    assert!(report.refusal.is_some(), "{report:?}");
    assert_eq!(done(&pair), ["one-p"]);
}

#[test]
fn answers_that_differ_are_a_layer_of_their_own() {
    let mut status = probe("status");
    status.rules = vec![Rule::Mask("^Host .*".to_owned())];
    let pair = pair(vec![status, probe("same")]);
    answers(&pair, "status", ["Host a\n3 records\n", "Host b\n4 records\n"]);
    let report = pair.run();
    assert!(!report.congruent && report.different == 1, "{report:?}");
    assert_eq!(codes(&report), ["probe-differs"]);
    let lines: Vec<&str> = report.probes[0]
        .difference
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(lines, ["@@ -1,2 +1,2 @@", "[masked]", "3 records", "4 records"]);
    let certificate = certificate(&pair, &report);
    let verdicts: Vec<(Layer, Verdict)> = certificate
        .verdicts
        .layers
        .iter()
        .map(|layer| (layer.layer, layer.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [(Layer::Tree, Verdict::Equal), (Layer::Probes, Verdict::Different)]
    );
    let difference = certificate.probes[0].difference.unwrap();
    assert_eq!((difference.only_production, difference.only_standby), (1, 1));
    let raw = &certificate.probes[0].standby.output.as_ref().unwrap().raw;
    let kept = pair.ledger.output(&report.pass, raw).unwrap().unwrap();
    assert_eq!(kept, b"Host b\n4 records\n");
    assert_eq!(pair.ledger.verify_evidence(&[]).unwrap().certificates, 1);
}

#[test]
fn what_cannot_be_asked_is_not_compared_and_the_pass_goes_on() {
    let mut page = probe("page");
    page.standby = Task {
        act: Act::Get(Address::checked("http://u:secret@h/x").unwrap()),
        timeout_seconds: 5,
    };
    let pair = pair(vec![page, probe("failed"), probe("silent")]);
    pair.commands.end("failed-s", HowEnded::Exited(3));
    answers(&pair, "silent", ["", ""]);
    let report = pair.run();
    assert_eq!(report.not_compared, 3, "{report:?}");
    assert_eq!(codes(&report), ["probe-failed", "probe-failed", "probe-empty"]);
    let certificate = certificate(&pair, &report);
    let standby = &certificate.probes[0].standby;
    assert_eq!(
        (standby.words[0].as_str(), standby.obstacle.as_deref()),
        ("http://h/x", Some("not-run"))
    );
    assert_eq!(certificate.probes[1].standby.obstacle.as_deref(), Some("failed"));
    let errors = certificate.probes[1]
        .standby
        .output
        .as_ref()
        .unwrap()
        .errors
        .as_ref()
        .unwrap();
    let kept = pair.ledger.output(&report.pass, errors).unwrap().unwrap();
    assert_eq!(kept, b"failed-s is not well\n");
}

#[test]
fn clean_is_the_second_verdict() {
    let mut one = probe("one");
    one.clean = Some(CleanRule {
        pattern: Some("^7 records".to_owned()),
        exits: Vec::new(),
    });
    let pair = pair(vec![one, probe("two")]);
    let report = pair.run();
    assert_eq!(
        (report.clean, report.probes[0].clean, report.probes[1].clean),
        (Some(true), Some(true), None)
    );
    answers(&pair, "one", ["8 records\n", "8 records\n"]);
    let report = pair.run();
    assert_eq!((report.congruent, report.clean), (true, Some(false)));
    assert_eq!(codes(&report), ["not-clean", "not-clean"]);
    assert_eq!(certificate(&pair, &report).verdicts.clean, Some(false));
}
