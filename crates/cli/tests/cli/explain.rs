//! `explain`: every code and every exit has its words, and a code may be given as a message shows it.

use crate::program::Place;
use counterpart_cli::exit::{Effect, Exit};
use counterpart_model::Code;

#[test]
fn every_code_and_exit_is_explained() {
    let place = Place::new();
    for code in Code::ALL {
        let out = place.run(&["explain", code.word()]).with_code(0).out;
        let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            code.word(),
            code.meaning(),
            code.remedy(),
            &Effect::of(*code).words(),
        ] {
            assert!(told.contains(part), "{part} is not in {out}");
        }
    }
    for exit in Exit::ALL {
        let out = place.run(&["explain", &exit.code().to_string()]).with_code(0).out;
        assert!(out.starts_with(&format!("exit {}\n", exit.code())), "{out}");
    }
}

#[test]
fn all_are_listed_with_one_line_each() {
    let out = Place::new().run(&["explain"]).with_code(0).out;
    let codes = out.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(codes, Exit::ALL.len() + Code::ALL.len(), "{out}");
}

#[test]
fn a_code_is_taken_as_a_message_shows_it() {
    let place = Place::new();
    let message = place.run(&["run"]).with_code(2).err;
    let shown = message.split_whitespace().next().unwrap();
    let out = place.run(&["explain", shown]).with_code(0).out;
    assert!(out.starts_with("config\n"), "{shown}: {out}");
}

#[test]
fn an_unknown_code_is_answered_with_the_nearest() {
    let place = Place::new();
    let ran = place.run(&["explain", "maxdelete"]).with_code(2);
    assert!(ran.err.contains("Did you mean `max-delete`?"), "{}", ran.err);
    let ran = place.run(&["explain", "xyzzy"]).with_code(2);
    assert!(ran.err.contains("`counterpart explain` lists all"), "{}", ran.err);
}

#[test]
fn no_word_or_meaning_is_given_twice() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    let mut meanings: Vec<&str> = Code::ALL.iter().map(|code| code.meaning()).collect();
    for list in [&mut words, &mut meanings] {
        let all = list.len();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), all);
    }
}
