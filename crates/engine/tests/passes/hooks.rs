//! What is done around the tree: in which order, and that all of it is undone whatever fails.

use crate::support::commands::task;
use crate::support::pair::request;
use crate::support::{Pair, Recorder, file, path};
use counterpart_engine::hooks::{
    Application, ByHand, Check, Hold, HoldBook, Hooks, Snapshot, hold_by_hand, release_by_hand,
};
use counterpart_engine::{Outcome, PassKind, PassReport, Sites};
use counterpart_evidence::certificate::HoldMethod;
use counterpart_model::{Code, Failure};
use counterpart_port::HowEnded;
use std::sync::Arc;

fn held(method: HoldMethod) -> Hold {
    Hold {
        method,
        begin: Some(task("hold")),
        end: Some(task("release")),
        ..Hold::default()
    }
}

fn application() -> Application {
    Application {
        stop: Some(task("stop")),
        start: Some(task("start")),
        ready: Some(task("ready")),
        ready_within_seconds: 0,
    }
}

/// A pair with everything that a pass can do around its tree.
fn pair() -> Pair {
    let mut pair = Pair::with(&[("a", file("one", 1))]);
    pair.settings.hooks = Hooks {
        production_hold: held(HoldMethod::ReadOnly),
        application: application(),
        readiness: vec![Check {
            name: "users".to_owned(),
            task: task("users"),
            expect: Some("pacs".to_owned()),
            exit: Vec::new(),
        }],
        ..Hooks::default()
    };
    pair.commands.say("users", "root pacs");
    pair
}

fn failed(pair: &Pair) -> Failure {
    pair.pass(&request(PassKind::Run), &Recorder::default())
        .unwrap_err()
}

/// What was run, without what was left to be done at the site when its caller is gone.
fn done(pair: &Pair) -> Vec<String> {
    let done = pair.commands.done().into_iter();
    done.filter(|word| !word.starts_with("gone:")).collect()
}

fn steps(report: &PassReport) -> Vec<&str> {
    report.steps.iter().map(|step| step.step.as_str()).collect()
}

#[test]
fn all_steps_come_in_their_order() {
    let pair = pair();
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!(
        done(&pair),
        ["stop", "hold", "release", "start", "ready", "users"],
        "stopped before the first change, held after the first round"
    );
    assert_eq!(
        steps(&report),
        [
            "check",
            "lock",
            "copy-ahead",
            "stop",
            "hold",
            "observe",
            "compare",
            "plan",
            "judge",
            "apply",
            "release",
            "start",
            "reread",
            "observe-standby",
            "certify"
        ]
    );
    assert_eq!((report.clean, report.changes.created), (Some(true), 1));
    let (certificate, _) = pair.ledger.certificate(&report.pass).unwrap();
    let state = &certificate.production_state;
    assert_eq!((state.hold, state.moving_seconds), (HoldMethod::ReadOnly, 0));
    assert!(state.held.is_some() && state.copied_ahead);
    assert_eq!(certificate.readiness[0].name, "users");
    assert_eq!(certificate.steps.len(), report.steps.len() - 1);
}

#[test]
fn without_hooks_the_steps_are_those_of_a_tree() {
    let pair = Pair::with(&[("a", file("one", 1))]);
    let report = pair.run();
    assert_eq!(
        steps(&report),
        [
            "check", "lock", "observe", "compare", "plan", "judge", "apply", "reread", "certify"
        ]
    );
    assert_eq!((report.clean, report.held_seconds), (None, None));
}

#[test]
fn an_application_is_not_stopped_for_nothing() {
    let pair = pair();
    pair.run();
    pair.commands.done();
    let report = pair.run();
    assert!(report.congruent);
    assert_eq!(done(&pair), ["hold", "release", "users"]);
}

#[test]
fn what_changed_after_the_first_round_is_brought_in_the_second_and_counted_once() {
    let pair = pair();
    pair.run();
    pair.production.put(&path("b"), file("two", 1));
    // Production is written to until it is held.
    let production = Arc::clone(&pair.production);
    pair.commands
        .when("hold", move || production.put(&path("c"), file("three", 1)));
    let report = pair.run();
    assert!(report.congruent, "{report:?}");
    assert_eq!(report.changes.created, 2);
    assert!(pair.standby.state().tree.contains_key(&path("c")));
}

#[test]
fn whatever_fails_all_is_undone() {
    for (word, ends) in [
        ("hold", HowEnded::Exited(1)),
        ("stop", HowEnded::TimedOut),
        ("ready", HowEnded::Signalled(9)),
    ] {
        let pair = pair();
        pair.commands.end(word, ends);
        let failure = failed(&pair);
        let code = if word == "ready" {
            Code::NotReady
        } else {
            Code::HookFailed
        };
        assert_eq!(failure.code, code, "{failure:?}");
        assert!(
            failure.why.contains(&format!("{word} is not well")),
            "{failure:?}"
        );
        let done = done(&pair);
        for (begun, undone) in [("hold", "release"), ("stop", "start")] {
            let has = |word: &str| done.iter().any(|known| known == word);
            assert_eq!(has(begun), has(undone), "{done:?}");
        }
        assert!(pair.ledger.owed().unwrap().is_empty());
        assert!(
            pair.ledger.last().unwrap().is_none(),
            "no certificate of a pass that failed"
        );
    }
}

#[test]
fn what_a_site_would_not_do_ends_the_pass_before_anything_is_done() {
    let pair = pair();
    pair.commands.refused.lock().unwrap().push("`users`".to_owned());
    assert_eq!(failed(&pair).code, Code::NotPermitted);
    assert_eq!(pair.commands.done(), Vec::<String>::new());
    assert!(pair.standby.state().tree.is_empty());
}

#[test]
fn a_refusal_comes_before_anything_is_held() {
    let pair = pair();
    pair.run();
    pair.commands.done();
    pair.production.take(&path("a"));
    let report = pair.run();
    assert!(report.refusal.is_some());
    assert_eq!(done(&pair), Vec::<String>::new());
}

#[test]
fn what_cannot_be_undone_is_told_kept_and_undone_by_the_next_pass() {
    let pair = pair();
    pair.commands.end("release", HowEnded::Exited(3));
    let failure = failed(&pair);
    assert_eq!(failure.code, Code::StillHeld, "{failure:?}");
    let owed: Vec<String> = pair
        .ledger
        .owed()
        .unwrap()
        .iter()
        .map(|owed| owed.what.to_string())
        .collect();
    assert_eq!(
        owed,
        ["production is held"],
        "the application was started all the same"
    );
    // It stays so as long as it cannot be undone, and no pass begins meanwhile.
    pair.commands.done();
    assert_eq!(failed(&pair).code, Code::StillHeld);
    assert!(!done(&pair).contains(&"hold".to_owned()));
    pair.commands.mend("release");
    assert!(pair.run().congruent);
    assert_eq!(done(&pair)[..2], ["release", "hold"]);
    assert!(pair.ledger.owed().unwrap().is_empty());
}

#[test]
fn a_far_site_is_told_what_to_undo_before_it_is_done_and_that_nothing_is_left() {
    let pair = pair();
    pair.run();
    let done = pair.commands.done();
    let at = |word: &str| done.iter().position(|known| known == word).unwrap();
    assert!(at("gone:`release`") < at("hold"), "{done:?}");
    assert!(at("gone:`start`") < at("stop"), "{done:?}");
    let last: Vec<_> = done
        .iter()
        .filter(|word| word.starts_with("gone:"))
        .rev()
        .take(1)
        .collect();
    assert_eq!(last, ["gone:"]);
}

#[test]
fn check_idle_waits_for_nobody_unless_told_to_and_begins_nothing_else() {
    let mut pair = pair();
    pair.settings.hooks.production_hold = Hold {
        method: HoldMethod::CheckIdle,
        idle: Some(task("idle")),
        ..Hold::default()
    };
    pair.commands.end("idle", HowEnded::Exited(1));
    let failure = failed(&pair);
    assert_eq!(failure.code, Code::ProductionBusy, "{failure:?}");
    assert_eq!(done(&pair), ["idle"]);
    pair.commands.mend("idle");
    let report = pair.run();
    assert_eq!(done(&pair), ["idle", "stop", "idle", "start", "ready", "users"]);
    assert_eq!(report.hold.as_deref(), Some("check-idle"));
}

#[test]
fn what_the_first_round_brought_is_on_record_when_the_pass_ends_early() {
    let pair = pair();
    pair.commands.end("hold", HowEnded::Exited(1));
    failed(&pair);
    let logged = pair.ledger.logged().unwrap();
    assert_eq!((logged.len(), pair.ledger.passes().unwrap().len()), (1, 0));
    let item = pair.ledger.log(&logged[0]).unwrap().next().unwrap();
    assert_eq!(item.expect("a line").path, path("a"));
    pair.commands.mend("hold");
    let report = pair.run();
    assert_eq!(report.changes.created, 0, "it was there already");
    assert_eq!(pair.ledger.logged().unwrap(), [logged[0].clone(), report.pass]);
}

#[test]
fn a_busy_production_is_not_taken_from_its_people() {
    let mut pair = pair();
    pair.settings.hooks.production_hold.idle = Some(task("idle"));
    pair.commands.end("idle", HowEnded::Exited(1));
    let failure = failed(&pair);
    assert_eq!(failure.code, Code::ProductionBusy, "{failure:?}");
    assert_eq!(
        done(&pair),
        ["stop", "idle", "start"],
        "nothing was held, and nothing is released"
    );
    pair.commands.mend("idle");
    let report = pair.run();
    assert!(report.congruent);
    assert_eq!(done(&pair), ["idle", "hold", "release", "users"]);
}

#[test]
fn a_snapshot_is_taken_under_the_hold_and_let_go_after_the_last_read() {
    let mut pair = pair();
    pair.settings.hooks.snapshot = Some(Snapshot {
        take: task("take"),
        end: Some(task("drop")),
        path: None,
    });
    pair.commands.say("take", "/mnt/snapshot\nand more\n");
    let report = pair.run();
    assert!(report.congruent);
    assert_eq!(
        done(&pair),
        [
            "hold", "take", "release", "stop", "start", "ready", "drop", "users"
        ]
    );
    let read_from = pair.production.state().read_from.clone();
    assert_eq!(read_from.as_deref(), Some(&b"/mnt/snapshot"[..]));
    let (certificate, _) = pair.ledger.certificate(&report.pass).unwrap();
    assert!(certificate.production_state.snapshot && !certificate.production_state.copied_ahead);
    pair.commands.say("take", "done\n");
    let failure = failed(&pair);
    assert_eq!(failure.code, Code::HookFailed);
    assert!(failure.why.contains("no absolute path"), "{failure:?}");
    assert!(pair.ledger.owed().unwrap().is_empty());
}

#[test]
fn what_is_not_ready_is_told_with_its_age_and_makes_no_copy_unequal() {
    let pair = pair();
    pair.run();
    pair.commands.say("users", "root only");
    let report = pair.run();
    assert!(report.congruent);
    assert_eq!(report.clean, Some(false));
    let told = &report.failures[0];
    assert_eq!(
        (told.code.as_str(), told.verdict.as_str()),
        ("not-ready", "EQUAL")
    );
    assert!(told.message.contains("nothing like `pacs`"), "{told:?}");
    let since = report.readiness[0].since.clone();
    let again = pair.run();
    assert_eq!(
        (again.readiness[0].ready, &again.readiness[0].since),
        (false, &since)
    );
}

#[test]
fn a_plan_names_every_step_and_runs_nothing() {
    let mut pair = pair();
    pair.settings.hooks.production_hold.idle = Some(task("idle"));
    let plan = pair.plan();
    assert_eq!(pair.commands.done(), Vec::<String>::new());
    let told: Vec<String> = plan
        .pass
        .iter()
        .map(|step| format!("{} {}", step.step, step.does))
        .collect();
    assert!(
        told.contains(&"hold production idle by `idle`, then read-only: `hold`".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"stop `stop`".to_owned()), "{told:?}");
    assert!(
        told.contains(&"observe-standby readiness: users".to_owned()),
        "{told:?}"
    );
}

#[test]
fn a_verification_holds_and_stops_nothing() {
    let pair = pair();
    pair.run();
    pair.commands.done();
    assert!(pair.verify(false).congruent);
    assert_eq!(done(&pair), ["users"]);
}

#[test]
fn several_hold_one_production_and_the_last_lets_it_go() {
    let pair = pair();
    let dir = tempfile::tempdir().unwrap();
    let book = HoldBook::new(dir.path().join("holds"), "read-only /archive");
    let pair = Pair {
        ledger: pair.ledger.with_holds(book.clone()),
        ..pair
    };
    let sites = Sites {
        production: &*pair.production,
        standby: &pair.standby,
        production_commands: &pair.commands,
        standby_commands: &pair.commands,
    };
    let asked = request(PassKind::Run);
    let who = ByHand {
        pair: "study",
        actor: &asked.actor,
        reason: Some("moving the cache"),
    };
    let hooks = &pair.settings.hooks;
    hold_by_hand(hooks, sites, &pair.ledger, who, &Recorder::default()).unwrap();
    hold_by_hand(hooks, sites, &pair.ledger, who, &Recorder::default()).unwrap();
    assert_eq!(done(&pair), ["hold"], "once");
    let Outcome::Pass(report) = pair.pass(&asked, &Recorder::default()).unwrap() else {
        panic!()
    };
    assert!(report.congruent);
    let meanwhile = pair.commands.done();
    assert!(
        !meanwhile.iter().any(|word| word == "hold" || word == "release"),
        "{meanwhile:?}"
    );
    assert!(
        !meanwhile.iter().any(|word| word.contains("release")),
        "a lost link releases nobody else's hold"
    );
    let undone = release_by_hand(hooks, sites, &pair.ledger, who).unwrap();
    assert_eq!(done(&pair), ["release"]);
    assert_eq!(undone, ["production was held by tester by hand"]);
    assert!(book.holders().unwrap().is_empty());
    let kinds: Vec<String> = pair
        .ledger
        .journal()
        .unwrap()
        .records()
        .unwrap()
        .map(|record| record.unwrap().kind)
        .collect();
    assert!(
        kinds.contains(&"hold".to_owned()) && kinds.contains(&"release".to_owned()),
        "{kinds:?}"
    );
}

#[test]
fn an_interruption_ends_a_pass_and_what_it_held() {
    let pair = pair();
    let recorder = Arc::new(Recorder::default());
    let interrupting = Arc::clone(&recorder);
    pair.commands.when("hold", move || interrupting.interrupt());
    let failure = pair.pass(&request(PassKind::Run), &recorder).unwrap_err();
    assert_eq!(failure.code, Code::Interrupted, "{failure:?}");
    let done = done(&pair);
    assert!(
        done.ends_with(&["release".to_owned(), "start".to_owned()]),
        "{done:?}"
    );
}
