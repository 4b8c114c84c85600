//! No way of showing a secret shows it.

use super::Secret;

#[test]
fn a_secret_is_shown_by_no_form() {
    let secret = Secret::new("hunter2".to_owned());
    let forms = [
        format!("{secret:?}"),
        format!("{secret:#?}"),
        secret.to_string(),
        serde_json::to_string(&secret).unwrap(),
        format!("{:?}", Some(&secret)),
    ];
    for form in forms {
        assert!(form.contains("hidden") && !form.contains("hunter2"), "{form}");
    }
    assert_eq!(secret.expose(), "hunter2");
}
