//! docs/CLI.md, docs/ERRORS.md, docs/schema and docs/CONFIGURATION.md say what the program says.

use counterpart_cli::config::template;
use counterpart_cli::reference::{errors, markdown, schemas};
use std::path::{Path, PathBuf};

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

fn golden(name: &str) -> String {
    std::fs::read_to_string(docs(name)).unwrap_or_else(|error| panic!("docs/{name}: {error}"))
}

#[test]
fn the_command_line_is_documented() {
    assert!(
        golden("CLI.md") == markdown(),
        "docs/CLI.md is not what `counterpart reference` prints: run `cargo xtask reference --write`"
    );
}

#[test]
fn every_code_is_documented() {
    assert!(
        golden("ERRORS.md") == errors(),
        "docs/ERRORS.md is not what `counterpart reference --errors` prints: run `cargo xtask reference --write`"
    );
}

#[test]
fn every_document_has_its_schema() {
    let mut names = Vec::new();
    for (name, text) in schemas() {
        let same = golden(&format!("schema/{name}")) == text;
        assert!(
            same,
            "docs/schema/{name} is old: run `counterpart reference --schemas docs/schema`"
        );
        names.push(name);
    }
    let stray = std::fs::read_dir(docs("schema"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stray: Vec<String> = stray.filter(|name| !names.contains(name)).collect();
    assert!(stray.is_empty(), "{stray:?} is no document's schema");
}

#[test]
fn the_configuration_is_documented_by_the_file_that_init_writes() {
    let page = golden("CONFIGURATION.md");
    let shown = template("archive", "/path/of/production", "/path/of/standby");
    assert!(
        page.contains(&shown),
        "docs/CONFIGURATION.md does not show what `counterpart init` writes"
    );
}
