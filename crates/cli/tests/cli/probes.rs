//! Probes in a configuration: what is understood, and each mistake with its place and what to write instead.

use counterpart_cli::config::{Config, Pair};
use counterpart_engine::ProbeSettings;
use counterpart_port::Act;
use counterpart_probe::{CleanRule, Column, Drop, Rule};
use std::path::Path;

const SITES: &str = "[pair.a]\nproduction = \"/p\"\nstandby = \"dr:/s\"\n";

fn parsed(probes: &str) -> Result<Pair, Vec<String>> {
    let text = format!("{SITES}{probes}");
    let config = Config::parse(Path::new("counterpart.toml"), &text);
    let told = |found: counterpart_cli::config::Mistakes| {
        let lines = found.0.iter();
        lines
            .map(|mistake| format!("{}: {} ({})", mistake.at(), mistake.why, mistake.hint))
            .collect()
    };
    config.map(|config| config.pairs[0].clone()).map_err(told)
}

#[track_caller]
fn probes(text: &str) -> Vec<ProbeSettings> {
    parsed(text).unwrap().settings.probes
}

/// The one mistake in a probe with these lines, after its name and what it runs.
#[track_caller]
fn mistake(lines: &str, why: &str) {
    let found = parsed(&format!(
        "[[pair.a.probe]]\nname = \"x\"\nrun = [\"/x\"]\n{lines}"
    ))
    .unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("counterpart.toml:7:") && found[0].contains(why),
        "{found:?}"
    );
}

fn run(words: &[&str]) -> Act {
    Act::Run(words.iter().map(|&word| word.to_owned()).collect())
}

#[test]
fn a_probe_is_the_same_at_both_sites_unless_one_has_its_own_table() {
    let text = "[[pair.a.probe]]\nname = \"one\"\nrun = [\"/x\", \"{root}-{pair}-{site}\"]\ntimeout = \"5m\"\n\
                [[pair.a.probe]]\nname = \"two\"\nget = \"http://u:${env:PROBE_PASSWORD}@127.0.0.1/a\"\nstandby = { command = \"named\", timeout = \"1s\" }\n\
                [[pair.a.probe]]\nname = \"three\"\ntimeout = \"7s\"\nproduction = { run = [\"/p\"] }\nstandby = { run = [\"/s\"] }\n";
    let all = probes(text);
    assert_eq!(all[0].production.act, run(&["/x", "/p-a-production"]));
    assert_eq!(all[0].standby.act, run(&["/x", "/s-a-standby"]));
    assert_eq!(
        (all[0].production.timeout_seconds, all[0].standby.timeout_seconds),
        (300, 300)
    );
    assert_eq!(all[1].production.act.to_string(), "GET http://127.0.0.1/a");
    assert_eq!(all[1].standby.act.to_string(), "the command `named`");
    assert_eq!(
        (all[1].production.timeout_seconds, all[1].standby.timeout_seconds),
        (600, 1)
    );
    assert_eq!(all[2].standby.act, run(&["/s"]));
    assert_eq!(all[2].standby.timeout_seconds, 7);
}

#[test]
fn rules_beside_each_other_have_a_fixed_order_and_a_list_its_own() {
    let text = "[[pair.a.probe]]\nname = \"x\"\nrun = [\"/x\"]\nsort = true\ndrop = [2, \"Time\"]\nseparator = \"|\"\nmask = 'a'\n\
                json_leave = [\"/b\"]\njson_keep = \"/c\"\nclean = '^0'\nclean_exit = [0, 3]\nmay_be_empty = true\n\
                [[pair.a.probe]]\nname = \"y\"\nrun = [\"/x\"]\n\
                normalise = [ { sort = true }, { mask = ['a', 'b'] }, { drop = [1] }, { sort = false } ]\n";
    let all = probes(text);
    let drop = Rule::Drop(Drop {
        columns: vec![Column::Number(2), Column::Name("Time".to_owned())],
        separator: Some("|".to_owned()),
    });
    let mask = |text: &str| Rule::Mask(text.to_owned());
    let expected = vec![
        Rule::JsonKeep(vec!["/c".to_owned()]),
        Rule::JsonLeave(vec!["/b".to_owned()]),
        mask("a"),
        drop,
        Rule::Sort,
    ];
    assert_eq!(all[0].rules, expected);
    let clean = CleanRule {
        pattern: Some("^0".to_owned()),
        exits: vec![0, 3],
    };
    assert_eq!((all[0].clean.as_ref(), all[0].may_be_empty), (Some(&clean), true));
    let first = Rule::Drop(Drop {
        columns: vec![Column::Number(1)],
        separator: None,
    });
    assert_eq!(all[1].rules, [Rule::Sort, mask("a"), mask("b"), first]);
}

#[test]
fn each_mistake_is_told_with_its_place_and_what_to_write() {
    mistake("mask = ['a', '(']", "`mask` cannot have (: unclosed group");
    mistake("mask = 'a*'", "it matches where nothing stands");
    mistake("mask = 3", "`mask` is integer, not a string");
    mistake("drop = [0]", "columns are numbered from 1");
    mistake("drop = [-1]", "no number from 0 and no name");
    mistake("separator = \"|\"", "`separator` stands without `drop`");
    mistake("json_keep = [\"Count\"]", "write `/` before each name");
    mistake("clean = '['", "`clean` cannot be \"[\": unclosed character class");
    mistake("clean_exit = [\"a\"]", "write a list of numbers such as [0]");
    mistake("clean_exit = []", "write a list of numbers such as [0]");
    mistake("timeout = \"soon\"", "write a duration");
    mistake("maks = 'a'", "did you mean `mask`?");
    mistake("normalise = [ {} ]", "not one rule");
    mistake("normalise = [ { mask = 'a', sort = true } ]", "not one rule");
    mistake(
        "normalise = [ { mask = 'a', separater = 1 } ]",
        "did you mean `separator`?",
    );
}

#[test]
fn what_excludes_each_other_is_told_once() {
    let both =
        "[[pair.a.probe]]\nname = \"x\"\nrun = [\"/x\"]\nmask = 'a'\nnormalise = [ { sort = true } ]\n";
    let found = parsed(both).unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("`normalise` and `mask` exclude each other"),
        "{found:?}"
    );
    let ways = "[[pair.a.probe]]\nname = \"x\"\nrun = [\"/x\"]\nget = \"http://h/\"\n";
    let found = parsed(ways).unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("`run` and `get` exclude each other"),
        "{found:?}"
    );
    let thrice = "[[pair.a.probe]]\nname = \"x\"\nrun = [\"/x\"]\nproduction = { run = [\"/x\"] }\nstandby = { run = [\"/x\"] }\n";
    let found = parsed(thrice).unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("says for all sites"),
        "{found:?}"
    );
    let twice = "[[pair.a.probe]]\nname = \"DFstatus\"\nrun = [\"/x\"]\n[[pair.a.probe]]\nname = \"dfstatus\"\nrun = [\"/x\"]\n";
    let found = parsed(twice).unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("two probes called \"dfstatus\""),
        "{found:?}"
    );
}

#[test]
fn what_is_missing_or_has_no_good_name_is_told() {
    let found = parsed("[[pair.a.probe]]\nrun = [\"/x\"]\n").unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("a probe has no name"),
        "{found:?}"
    );
    let found = parsed("[[pair.a.probe]]\nname = \"x\"\n").unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("nothing is to be run"),
        "{found:?}"
    );
    let found = parsed("[[pair.a.probe]]\nname = \"../x\"\nrun = [\"/x\"]\n").unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("cannot be called \"../x\""),
        "{found:?}"
    );
    let found = parsed("[pair.a.probe]\nname = \"x\"\nrun = [\"/x\"]\n").unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("write [[pair.a.probe]]"),
        "{found:?}"
    );
    let found = parsed("[[pair.a.probe]]\nname = \"x\"\ncommand = \"named\"\n").unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("this site is on this host"),
        "{found:?}"
    );
}
