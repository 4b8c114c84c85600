//! `import` and what `log` and `where` say afterwards: with a user's own sample, with a real rsync, and with mistakes.

mod again;
mod refused;
mod rsync;
mod sample;
mod times;
mod unread;

use crate::program::Place;
use serde_json::Value;

/// A place with a pair that had no pass yet.
fn place() -> Place {
    let place = Place::new();
    place.small_archive("");
    place
}

/// Imports one log and gives what became of it.
#[track_caller]
fn imported(place: &Place, arguments: &[&str]) -> Value {
    let (code, document) = place.json(&[&["import"], arguments].concat());
    assert_eq!(code, 0, "{document}");
    document["logs"][0].clone()
}

/// The lines of all imported runs.
fn lines(place: &Place) -> Vec<Value> {
    let (code, document) = place.json(&["log", "--imported", "--match", "**"]);
    assert_eq!(
        (code, &document["imported"]),
        (0, &Value::Bool(true)),
        "{document}"
    );
    document["entries"].as_array().unwrap().clone()
}

fn runs(place: &Place) -> Vec<Value> {
    let (code, document) = place.json(&["log", "--imported"]);
    assert_eq!(code, 0, "{document}");
    document["runs"].as_array().unwrap().clone()
}
