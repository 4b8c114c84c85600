//! `[[pair.NAME.probe]]`: what is asked of the application at both sites, what is taken out of the answers, and which is clean.

use super::act::{self, Place};
use super::section::{Placed, Section};
use counterpart_engine::ProbeSettings;
use counterpart_port::{CommandName, Task};
use counterpart_probe::{Clean, CleanRule, Column, Drop, Normaliser, Rule};
use std::ops::Range;

/// Most probes of a pair: their outputs are held in memory between the two sites.
const MAX_PROBES: usize = 100;
/// The keys of rules, in the order in which they hold where they stand beside each other.
const RULES: [&str; 5] = ["json_keep", "json_leave", "mask", "drop", "sort"];

/// Every probe of a pair; `places` are production and the standby.
pub(super) fn probes(section: &mut Section<'_>, places: &[Place; 2]) -> Vec<ProbeSettings> {
    if !section.has("probe") {
        section.know("probe");
        return Vec::new();
    }
    let tables = section.tables("probe");
    if tables.len() > MAX_PROBES {
        let hint = "ask for more with each of them";
        section.wrong(
            section.span(),
            format!("there are more than {MAX_PROBES} probes"),
            hint,
        );
    }
    let mut read: Vec<ProbeSettings> = Vec::with_capacity(tables.len());
    for table in tables {
        read.extend(one(table, places, &read));
    }
    read
}

fn one(mut section: Section<'_>, places: &[Place; 2], before: &[ProbeSettings]) -> Option<ProbeSettings> {
    let name = name(&mut section, before);
    let tasks = tasks(&mut section, places);
    let rules = rules(&mut section);
    let clean = clean(&mut section);
    let may_be_empty = section.flag("may_be_empty").unwrap_or(false);
    section.end();
    let (production, standby) = tasks?;
    Some(ProbeSettings {
        name: name?,
        production,
        standby,
        rules,
        clean,
        may_be_empty,
    })
}

fn name(section: &mut Section<'_>, before: &[ProbeSettings]) -> Option<String> {
    let Some(name) = section.text("name") else {
        if !section.has("name") {
            section.wrong(section.span(), "a probe has no name", "write name = \"DFstatus\"");
        }
        return None;
    };
    let Placed { value, span } = name;
    // Names are parts of the names of files, which some filesystems compare without their case.
    if before.iter().any(|probe| probe.name.eq_ignore_ascii_case(&value)) {
        section.wrong(
            span,
            format!("there are two probes called {value:?}"),
            "give each a name of its own",
        );
        return None;
    }
    match CommandName::checked(value.clone()) {
        Ok(_) => Some(value),
        Err(hint) => {
            section.wrong(span, format!("a probe cannot be called {value:?}"), hint);
            None
        }
    }
}

/// What is done at production and at the standby: the same, unless a table of the site says something else.
fn tasks(section: &mut Section<'_>, places: &[Place; 2]) -> Option<(Task, Task)> {
    let tables = [
        section.table_or_none("production"),
        section.table_or_none("standby"),
    ];
    let both_apart = tables.iter().all(Option::is_some);
    let timeout_seconds = act::timeout(section);
    act::know_keys(section);
    let [production, standby] = tables;
    if both_apart && !act::is_keyed(section) {
        let production = apart(production?, &places[0], timeout_seconds);
        let standby = apart(standby?, &places[1], timeout_seconds);
        return Some((production?, standby?));
    }
    if both_apart {
        let hint = "take it out: `production` and `standby` say what is done at each";
        section.wrong(
            section.span(),
            "it says for all sites what it says for each",
            hint,
        );
        return None;
    }
    let production = match production {
        Some(table) => apart(table, &places[0], timeout_seconds),
        None => act::keyed_within(section, &places[0], timeout_seconds),
    }?;
    let standby = match standby {
        Some(table) => apart(table, &places[1], timeout_seconds),
        None => act::keyed_within(section, &places[1], timeout_seconds),
    }?;
    Some((production, standby))
}

/// What the table of one site says.
fn apart(mut section: Section<'_>, place: &Place, usual_seconds: u64) -> Option<Task> {
    let own_time = section.has("timeout");
    let task = act::keyed(&mut section, place);
    section.end();
    let mut task = task?;
    if !own_time {
        task.timeout_seconds = usual_seconds;
    }
    Some(task)
}

/// The rules: a list where their order is the user's, or keys beside each other.
fn rules(section: &mut Section<'_>) -> Vec<Rule> {
    let listed = section.has("normalise");
    let short = RULES.into_iter().find(|key| section.has(key));
    if let (true, Some(short)) = (listed, short) {
        let hint = format!("write {{ {short} = … }} as an item of `normalise`, where it belongs");
        section.wrong(
            section.span(),
            format!("`normalise` and `{short}` exclude each other"),
            hint,
        );
    }
    let mut rules = of_keys(section);
    if !listed {
        section.know("normalise");
        return rules;
    }
    for mut item in section.tables("normalise") {
        let of_item = of_keys(&mut item);
        if RULES.into_iter().filter(|key| item.has(key)).count() != 1 {
            let hint = "write one of mask, drop, sort, json_keep and json_leave in each";
            item.wrong(item.span(), "an item of `normalise` is not one rule", hint);
        }
        item.end();
        rules.extend(of_item);
    }
    rules
}

fn of_keys(section: &mut Section<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(paths(section, "json_keep", Rule::JsonKeep));
    rules.extend(paths(section, "json_leave", Rule::JsonLeave));
    for mask in section.one_or_more("mask") {
        rules.extend(usable(section, "mask", mask.span, Rule::Mask(mask.value)));
    }
    rules.extend(columns(section));
    rules.extend(section.flag("sort").unwrap_or(false).then_some(Rule::Sort));
    rules
}

fn paths(section: &mut Section<'_>, key: &'static str, rule: fn(Vec<String>) -> Rule) -> Option<Rule> {
    let paths = section.one_or_more(key);
    let span = paths.first()?.span.clone();
    let paths = paths.into_iter().map(|path| path.value).collect();
    usable(section, key, span, rule(paths))
}

fn columns(section: &mut Section<'_>) -> Option<Rule> {
    let separator = section.text("separator");
    if !section.has("drop") {
        section.know("drop");
        if let Some(separator) = separator {
            let hint = "write `drop` beside it: the columns that go";
            section.wrong(separator.span, "`separator` stands without `drop`", hint);
        }
        return None;
    }
    let columns = section.numbers_or_texts("drop")?;
    let span = columns.span;
    let rule = Rule::Drop(Drop {
        columns: columns
            .value
            .into_iter()
            .map(|column| column.map_or_else(Column::Name, Column::Number))
            .collect(),
        separator: separator.map(|separator| separator.value),
    });
    usable(section, "drop", span, rule)
}

/// The rule, where it can be used.
fn usable(section: &Section<'_>, key: &str, span: Range<usize>, rule: Rule) -> Option<Rule> {
    match Normaliser::new(std::slice::from_ref(&rule)) {
        Ok(_) => Some(rule),
        Err((_, why)) => {
            let why = format!("`{key}` cannot have {}: {why}", rule.values().join(", "));
            section.wrong(span, why, hint(key));
            None
        }
    }
}

fn hint(key: &str) -> &'static str {
    match key {
        "mask" | "clean" => {
            "see https://docs.rs/regex for how a pattern is written; single quotes keep backslashes"
        }
        "drop" => "write numbers from 1, or names that the first line has, such as [1, \"Time\"]",
        _ => "write paths such as \"/TotalDiskSize\" or \"/*/ID\"",
    }
}

fn clean(section: &mut Section<'_>) -> Option<CleanRule> {
    let pattern = section.text("clean");
    let exits = section
        .has("clean_exit")
        .then(|| section.numbers_or_texts("clean_exit"));
    section.know("clean_exit");
    let mut rule = CleanRule::default();
    if let Some(Some(exits)) = exits {
        let numbers = exits.value.iter().map(|exit| exit.clone().ok().map(i64::from));
        match numbers.collect::<Option<Vec<i64>>>() {
            Some(numbers) if !numbers.is_empty() => rule.exits = numbers,
            _ => section.wrong(
                exits.span,
                "`clean_exit` is no list of exits",
                "write a list of numbers such as [0]",
            ),
        }
    }
    if let Some(pattern) = pattern {
        rule.pattern = Some(pattern.value.clone());
        if let Err(why) = Clean::new(&rule) {
            section.wrong(
                pattern.span,
                format!("`clean` cannot be {:?}: {why}", pattern.value),
                hint("clean"),
            );
        }
    }
    (rule != CleanRule::default()).then_some(rule)
}
