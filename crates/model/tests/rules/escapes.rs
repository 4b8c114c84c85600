//! Both ways to write bytes as text give them back, and let no control byte through.

use counterpart_model::escape::{canonical, from_canonical, from_shown, shown};
use proptest::prelude::*;

proptest! {
    #[test]
    fn canonical_text_gives_its_bytes_back(bytes: Vec<u8>) {
        let text = canonical(&bytes);
        prop_assert!(text.bytes().all(|byte| (0x21..0x7f).contains(&byte)), "{text:?}");
        prop_assert_eq!(from_canonical(&text), Some(bytes));
    }

    #[test]
    fn only_canonical_text_is_read_as_canonical(text in "[ -~\\\\x0-9a-fA-F]{0,12}") {
        if let Some(bytes) = from_canonical(&text) {
            prop_assert_eq!(canonical(&bytes), text);
        }
    }

    #[test]
    fn shown_text_gives_its_bytes_back(bytes: Vec<u8>) {
        prop_assert_eq!(from_shown(&shown(&bytes)), bytes);
    }

    #[test]
    fn shown_names_give_their_bytes_back(name in crate::names::name()) {
        prop_assert_eq!(from_shown(&shown(&name)), name);
    }

    #[test]
    fn shown_text_hides_nothing(text: String) {
        let shown = shown(text.as_bytes());
        prop_assert!(!shown.chars().any(char::is_control));
        let overridden = shown.chars().any(|character| ('\u{202a}'..='\u{202e}').contains(&character));
        prop_assert!(!overridden);
    }
}

#[test]
fn what_people_can_read_stays() {
    assert_eq!(shown("Größe 試験.dcm".as_bytes()), "Größe 試験.dcm");
    assert_eq!(shown(b"a\nb"), "a\\x0ab");
    assert_eq!(shown(b"a\\b"), "a\\x5cb");
    assert_eq!(shown("fdp\u{202e}exe".as_bytes()), "fdp\\xe2\\x80\\xaeexe");
    assert_eq!(from_shown("C:\\temp"), b"C:\\temp");
}

#[test]
fn text_that_is_not_canonical_is_refused() {
    for text in ["a b", "\\x4", "\\x41", "\\xFF", "\\n", "\\", "a\u{e9}", "\u{7f}"] {
        assert_eq!(from_canonical(text), None, "{text:?}");
    }
    assert_eq!(
        from_canonical("\\xff\\x20\\x5c").as_deref(),
        Some(&b"\xff \\"[..])
    );
}
