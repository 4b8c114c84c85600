//! Which cases a person's words choose. What a case does is not tried here: it needs root and minutes.

use super::chosen;

fn chosen_by(words: &[&str]) -> Vec<&'static str> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let cases = chosen(&words).unwrap();
    cases.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_group_is_all_whose_names_begin_with_it() {
    let group = chosen_by(&["link"]);
    assert_eq!(group.len(), 6);
    assert!(group.iter().all(|name| name.starts_with("link-")), "{group:?}");
}

#[test]
fn a_case_is_chosen_alone_though_others_begin_with_its_name() {
    assert_eq!(chosen_by(&["unchanged"]), ["unchanged"]);
    assert_eq!(
        chosen_by(&["link-wire", "changed-cold"]),
        ["changed-cold", "link-wire"]
    );
}

#[test]
fn a_name_of_nothing_is_told_what_there_is() {
    for word in ["lin", "link-", ""] {
        let error = chosen(&[word.to_owned()]).unwrap_err().to_string();
        assert!(error.contains("link-first"), "{word}: {error}");
    }
}
