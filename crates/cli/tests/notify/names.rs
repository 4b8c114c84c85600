//! What of the archive's names leaves in a message, and that none of them forges a line of it.

use super::scene::{Scene, all_bytes};
use super::sink::{Mail, Sink, mail_table};
use std::os::unix::fs::MetadataExt as _;

/// A name that tries to be a header, a tag and a line.
const ODD: &str = "keep/Meier^Hans\r\nBcc: thief@example.org\r\n\r\n<script>alert(1)</script>\u{202e}";

/// A pass that finds an entry by that name rewritten though it must not be.
fn found(paths: &str) -> (Scene, Sink, Mail) {
    let scene = Scene::new();
    let sink = Sink::start(&scene, "plain");
    scene.file(ODD, "as certified");
    scene.configure(
        "[pair.p.tree]\nappend_only = [\"keep/**\"]",
        &mail_table(&sink, "plain", paths),
    );
    scene.congruent();
    scene.file(ODD, "rewritten, though it must not be");
    let pass = scene.run(&["run"]);
    assert_eq!(pass.code, 1, "{}", pass.document);
    assert_eq!(
        pass.document["failures"][0]["code"], "append-only-change",
        "{}",
        pass.document
    );
    let mail = sink.last();
    assert!(
        mail.subject().starts_with("[counterpart] p NOT CONGRUENT as of "),
        "{}",
        mail.subject()
    );
    assert!(mail.flat().contains("append-only-change at"), "{}", mail.text());
    assert!(
        !mail.0["headers"].to_string().contains("thief"),
        "{}",
        mail.0["headers"]
    );
    assert_eq!(mail.recipients(), ["pacs-admins@example.org"]);
    assert!(!mail.0["html"].as_str().unwrap().contains("<script"));
    assert!(
        mail.text().lines().all(|line| line.chars().count() <= 80),
        "{}",
        mail.text()
    );
    (scene, sink, mail)
}

#[test]
fn no_name_leaves_unless_it_is_asked_for() {
    let (scene, sink, mail) = found("");
    let raw = all_bytes(&scene.path("mail"));
    for word in [
        "Meier",
        "keep/",
        "production\\\"",
        scene.path("").to_str().unwrap(),
    ] {
        assert!(!raw.contains(word), "{word}: {}", mail.text());
    }
    assert_eq!(sink.mail().len(), 2);
    assert!(!all_bytes(&scene.path("state/pairs/p/notices")).contains("Meier"));
}

#[test]
fn a_pseudonym_is_the_same_in_every_message() {
    let (scene, sink, mail) = found("paths = \"pseudonym\"");
    let pseudonym = |mail: &Mail| {
        mail.flat()
            .split_whitespace()
            .find(|word| word.starts_with("entry-"))
            .unwrap()
            .to_owned()
    };
    let first = pseudonym(&mail);
    assert_eq!(first.len(), "entry-".len() + 16);
    scene.run(&["run"]);
    assert_eq!(pseudonym(&sink.last()), first);
    assert!(!all_bytes(&scene.path("mail")).contains("Meier"));
    // Its key stays in the state, readable by its owner alone.
    let key = std::fs::metadata(scene.path("state/pairs/p/notices/pseudonyms.key")).unwrap();
    assert_eq!(key.mode() & 0o777, 0o600);
}

#[test]
fn a_name_that_is_shown_is_escaped() {
    let (scene, _sink, mail) = found("paths = \"shown\"");
    assert!(
        mail.flat().replace(' ', "").contains("Meier^Hans\\x0d\\x0aBcc:"),
        "{}",
        mail.text()
    );
    assert!(mail.0["html"].as_str().unwrap().contains("&lt;script&gt;"));
    assert!(!mail.text().contains('\u{202e}'));
    assert!(
        mail.flat()
            .replace(' ', "")
            .contains(&scene.path("standby").display().to_string()),
        "{}",
        mail.text()
    );
}
