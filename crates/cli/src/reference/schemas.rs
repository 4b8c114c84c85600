//! The schema of each document that `--json` prints, made from its type.

use crate::documents as d;
use counterpart_engine::{PassReport, PlanReport, RunRecord};
use counterpart_notice::Notice;
use schemars::{JsonSchema, Schema, schema_for};

/// Each document's file name and schema, as text that ends in a line end.
pub fn schemas() -> Vec<(String, String)> {
    vec![
        schema::<d::MirrorDocument>("mirror"),
        schema::<PassReport>("run"),
        schema::<PassReport>("verify"),
        schema::<PassReport>("repair"),
        schema::<d::RepairExportDocument>("repair-export"),
        schema::<PlanReport>("plan"),
        schema::<d::InitDocument>("init"),
        schema::<d::CheckDocument>("check"),
        schema::<d::StatusDocument>("status"),
        schema::<d::LogDocument>("log"),
        schema::<d::ImportedRunsDocument>("log-imported"),
        schema::<d::ImportedLinesDocument>("log-imported-lines"),
        schema::<d::ImportDocument>("import"),
        schema::<d::ProbesDocument>("probe"),
        schema::<d::ManifestDocument>("manifest"),
        schema::<d::WhereDocument>("where"),
        schema::<d::HistoryDocument>("history"),
        schema::<d::UndeleteDocument>("undelete"),
        schema::<d::CertificateListDocument>("certificate-list"),
        schema::<d::CertificateShowDocument>("certificate-show"),
        schema::<d::CertificateProveDocument>("certificate-prove"),
        schema::<d::CertificatePackDocument>("certificate-pack"),
        schema::<d::CertificateVerifyDocument>("certificate-verify"),
        schema::<d::KeyListDocument>("key-list"),
        schema::<d::KeyRotateDocument>("key-rotate"),
        schema::<d::KeyRevokeDocument>("key-revoke"),
        schema::<d::AllowedSignersDocument>("key-allowed-signers"),
        schema::<d::ExceptionAddDocument>("exception-add"),
        schema::<d::ExceptionListDocument>("exception-list"),
        schema::<d::ExceptionEndDocument>("exception-end"),
        schema::<d::TimestampRequestDocument>("timestamp-request"),
        schema::<d::TimestampTakeDocument>("timestamp-take"),
        schema::<d::HeldDocument>("hold"),
        schema::<d::ReleasedDocument>("release"),
        schema::<d::NotifyDocument>("notify"),
        schema::<Notice>("notice"),
        schema::<d::WatchdogDocument>("watchdog"),
        schema::<d::PruneDocument>("prune"),
        schema::<d::PauseDocument>("pause"),
        schema::<d::PauseDocument>("resume"),
        schema::<RunRecord>("serve"),
        schema::<d::DemoDocument>("demo"),
        schema::<d::ExplainDocument>("explain"),
        schema::<d::CompletionsDocument>("completions"),
        schema::<d::ErrorDocument>("error"),
    ]
}

fn schema<T: JsonSchema>(name: &str) -> (String, String) {
    let mut schema: Schema = schema_for!(T);
    let title = match name {
        "log-imported" => "What `counterpart log --imported --json` prints".to_owned(),
        "log-imported-lines" => {
            "What `counterpart log --json` prints of imported runs: their lines".to_owned()
        }
        "serve" => "What `counterpart serve --json` prints: one such document a line".to_owned(),
        "notify" => "What `counterpart notify test --json`, `send` and `drop` print".to_owned(),
        "notice" => "What a command and a webhook of [notify] are given".to_owned(),
        "error" => "What any command prints with --json when it fails".to_owned(),
        name => format!("What `counterpart {} --json` prints", name.replacen('-', " ", 1)),
    };
    schema.insert("title".to_owned(), title.into());
    // A schema is plain JSON with string keys, so writing it cannot fail.
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    (format!("{name}.json"), text + "\n")
}
