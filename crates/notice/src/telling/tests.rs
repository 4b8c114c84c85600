//! Names that are not to be told are nowhere in a message, whatever they are.

use super::{Paths, PseudonymKey};
use crate::letter::Sending;
use crate::notice::{Cause, Example, Notice, Outcome, Side};
use counterpart_evidence::certificate::Moment;
use proptest::prelude::*;

/// A word that nothing else has in it.
const MARK: &str = "Meier^Hans";

fn naming(path: &str, message: &str) -> Notice {
    let mut notice = Notice::new(
        "p",
        Outcome::NotCongruent,
        Moment::from_seconds(1_795_000_000, 3_600),
    );
    let side = Side {
        location: Some(format!("/archive/{MARK}")),
        files: 1,
        directories: 1,
        bytes: 1,
    };
    notice.production = Some(side.clone());
    notice.standby = Some(side);
    notice.causes.push(Cause {
        code: "unreadable".to_owned(),
        site: "production".to_owned(),
        verdict: "NOT-COMPARED".to_owned(),
        entries: 12,
        meaning: "A file cannot be read.".to_owned(),
        remedy: "Exclude it.".to_owned(),
        reason: Some(message.to_owned()),
        examples: vec![Example {
            path: path.to_owned(),
            message: Some(message.to_owned()),
        }],
    });
    notice
}

/// Every form in which a message leaves.
fn forms(notice: &Notice) -> String {
    [
        crate::subject("[c]", notice),
        crate::text(notice, &Sending::default()),
        crate::html(notice, &Sending::default()),
        serde_json::to_string(notice).unwrap(),
    ]
    .concat()
}

proptest! {
    #[test]
    fn no_form_leaks_a_name(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let path = format!("{before}{MARK}{after}");
        let notice = naming(&path, &format!("reading {path}: denied"));
        let key = PseudonymKey::of([7; 32]);
        for (paths, key) in [(Paths::None, None), (Paths::None, Some(&key)), (Paths::Pseudonym, Some(&key)), (Paths::Pseudonym, None)] {
            let told = forms(&notice.clone().telling(paths, key));
            prop_assert!(!told.contains("Meier") && !told.contains("/archive"), "{paths:?}: {told}");
        }
        prop_assert!(forms(&notice.telling(Paths::Shown, None)).contains("/archive"));
    }
}

#[test]
fn a_pseudonym_is_stable_and_belongs_to_its_key() {
    let (one, other) = (PseudonymKey::of([1; 32]), PseudonymKey::of([2; 32]));
    assert_eq!(one.pseudonym("a/b"), one.pseudonym("a/b"));
    assert_ne!(one.pseudonym("a/b"), one.pseudonym("a/c"));
    assert_ne!(one.pseudonym("a/b"), other.pseudonym("a/b"));
    assert_eq!(one.pseudonym("."), ".");
}

#[test]
fn the_key_is_made_once_and_shown_never() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pseudonyms.key");
    let (first, again) = (
        PseudonymKey::in_file(&file).unwrap(),
        PseudonymKey::in_file(&file).unwrap(),
    );
    assert_eq!(first.pseudonym("x"), again.pseudonym("x"));
    assert_eq!(format!("{first:?}"), "hidden");
}
