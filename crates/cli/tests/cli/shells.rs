//! The completions, each loaded by its own shell and asked to complete something.

use crate::program::Place;
use std::process::Command;

/// What a shell prints when it runs a line in the place; it must be there, and end well.
#[track_caller]
fn told(place: &Place, shell: &str, arguments: &[&str], line: &str) -> String {
    let ran = Command::new(shell)
        .args(arguments)
        .args(["-c", line])
        .current_dir(place.path(""))
        .env("HOME", place.path(""))
        .output();
    let ran = ran.unwrap_or_else(|error| panic!("{shell} must be installed for this test: {error}"));
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && err.is_empty(), "{shell}: {err}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn with_script(shell: &str, file: &str) -> Place {
    let place = Place::new();
    let script = place.run(&["completions", shell]).with_code(0).out;
    place.write(file, script);
    place
}

#[test]
fn bash_completes_commands_options_and_words() {
    let place = with_script("bash", "script");
    let complete = |words: &str, at: usize, word: &str, before: &str| {
        let line = format!(
            "source ./script; COMP_WORDS=({words}); COMP_CWORD={at}; _counterpart counterpart '{word}' '{before}'; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        told(&place, "bash", &["--norc", "--noprofile"], &line)
    };
    assert_eq!(
        complete("counterpart undel", 1, "undel", "counterpart"),
        "undelete\n"
    );
    assert!(complete("counterpart mirror --max", 2, "--max", "mirror").contains("--max-delete\n"));
    let words = complete("counterpart manifest --export ''", 3, "", "--export");
    assert!(words.contains("sha256sum"), "{words}");
}

#[test]
fn zsh_finds_the_function_by_its_name() {
    let place = with_script("zsh", "functions/_counterpart");
    let line = "fpath=(functions $fpath); autoload -U compinit; compinit -u -d dump; \
                print -r -- $_comps[counterpart]; autoload +X _counterpart; whence -w _counterpart";
    assert_eq!(
        told(&place, "zsh", &["-f"], line),
        "_counterpart\n_counterpart: function\n"
    );
}

#[test]
fn fish_completes_commands_and_words() {
    let place = with_script("fish", "script.fish");
    let complete = |typed: &str| {
        let line = format!("source script.fish; complete -C '{typed}'");
        told(&place, "fish", &["--no-config"], &line)
    };
    assert!(complete("counterpart undel").starts_with("undelete\t"));
    assert!(complete("counterpart manifest --export ").contains("sha256sum\t"));
}
