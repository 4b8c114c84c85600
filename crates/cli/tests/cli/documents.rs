//! What `--json` prints obeys the schema of its command, for every command.

use crate::program::Place;
use counterpart_cli::reference::schemas;
use serde_json::Value;

#[track_caller]
fn obeys(name: &str, document: &Value) {
    let (_, text) = schemas()
        .into_iter()
        .find(|(file, _)| *file == format!("{name}.json"))
        .unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(document)
        .map(|error| error.to_string())
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?} in {document}");
}

#[test]
fn every_document_obeys_its_schema() {
    let place = Place::new();
    place.small_archive("");
    let ask = |schema: &str, code: i32, arguments: &[&str]| {
        let (ended, document) = place.json(arguments);
        assert_eq!(ended, code, "{arguments:?}: {document}");
        obeys(schema, &document);
        document
    };
    ask("check", 0, &["check"]);
    ask("status", 1, &["status"]);
    ask("plan", 0, &["plan"]);
    ask("run", 0, &["run"]);
    std::fs::remove_file(place.path("production/three")).unwrap();
    ask("run", 0, &["run"]);
    ask("status", 0, &["status"]);
    ask("verify", 0, &["verify", "--reread"]);
    ask("log", 0, &["log"]);
    place.write(
        "old.log",
        "2012/05/01 02:00:03 [7] >f+++++++++ a/one\n2012/05/01 02:00:03 [7] what\n",
    );
    ask("import", 0, &["import", "old.log"]);
    ask("import", 2, &["import", "old.log", "nothere"]);
    let imported = ask("log-imported", 0, &["log", "--imported"]);
    let run = imported["runs"][0]["run"].as_str().unwrap().to_owned();
    ask("log-imported-lines", 0, &["log", "--pass", &run]);
    ask("log-imported-lines", 0, &["log", "--imported", "--match", "a/**"]);
    ask("log", 0, &["log", "--match", "a/**"]);
    assert_eq!(ask("where", 0, &["where", "a/one"])["imported"][0]["mentions"], 1);
    assert_eq!(
        ask("manifest", 0, &["manifest"])["entries"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        ask("where", 0, &["where", "a/one"])["copies"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    ask("where", 1, &["where", "nowhere"]);
    assert_eq!(
        ask("history", 0, &["history", "."])["versions"][0]["path"],
        "three"
    );
    ask("undelete", 0, &["undelete", "three", "--to", "back"]);
    assert_eq!(std::fs::read(place.path("back/three")).unwrap(), b"three");
    ask("prune", 0, &["prune"]);
    ask("certificate-list", 0, &["certificate", "list"]);
    ask("certificate-show", 0, &["certificate", "show"]);
    ask("certificate-verify", 0, &["certificate", "verify"]);
    ask("key-rotate", 0, &["key", "rotate"]);
    let keys = ask("key-list", 0, &["key", "list"]);
    let old = keys["keys"][0]["fingerprint"].as_str().unwrap();
    ask("key-revoke", 0, &["key", "revoke", old, "--reason", "a test"]);
    ask("key-list", 0, &["key", "list"]);
    ask("key-allowed-signers", 0, &["key", "allowed-signers"]);
    ask("certificate-verify", 0, &["certificate", "verify"]);
    ask(
        "timestamp-request",
        0,
        &["timestamp", "request", "--out", "head.tsq"],
    );
    ask("error", 1, &["timestamp", "take", "head.tsq"]);
    ask("explain", 0, &["explain"]);
    ask("explain", 0, &["explain", "max-delete"]);
    ask("completions", 0, &["completions", "bash"]);
    ask("error", 2, &["undelete", "gone", "--to", "back"]);
    ask("init", 0, &["init", "--config", "other.toml"]);
    place.small_archive(
        "[[pair.archive.probe]]\nname = \"a\"\nrun = [\"/bin/echo\", \"{site}\"]\nclean = 'p'\n",
    );
    ask("run", 1, &["run"]);
    ask("probe", 0, &["probe"]);
    ask("probe", 0, &["probe", "--raw"]);
    ask("mirror", 0, &["mirror", "production", "second"]);
    ask("mirror", 0, &["mirror", "production", "second", "--dry-run"]);
}
