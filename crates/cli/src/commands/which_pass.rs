//! Which pass is meant: its name, the beginning of it, its number, or the last where nothing is said.

use counterpart_engine::Ledger;
use counterpart_model::{Code, Failure};

/// The one pass of `names`, which are oldest first. The number of a pass is that of its certificate.
///
/// # Errors
/// `not-found` where there is none, `usage` where several could be meant.
pub(crate) fn which_pass(ledger: &Ledger, names: &[String], wanted: Option<&str>) -> Result<String, Failure> {
    let Some(wanted) = wanted else {
        let none = || missing("there is no pass yet").hint("Run the pair first.");
        return names.last().cloned().ok_or_else(none);
    };
    if let Some(number) = number(wanted) {
        let entries = ledger.certificates()?;
        let numbered = entries.into_iter().find(|entry| entry.sequence == number);
        let none = || missing(&format!("no certificate has the number {number}")).hint(last_of(names));
        return numbered.map(|entry| entry.pass).ok_or_else(none);
    }
    beginning_with(names, wanted)
}

fn beginning_with(names: &[String], wanted: &str) -> Result<String, Failure> {
    let meant: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| name.starts_with(wanted))
        .collect();
    match meant.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(missing(&format!("there is no pass {wanted}")).hint(last_of(names))),
        several => {
            let why = format!("{wanted} may mean {} passes", several.len());
            let shown = crate::words::list(&several[..several.len().min(4)]);
            Err(Failure::new(Code::Usage, DOING, why).hint(format!("Such as {shown}.")))
        }
    }
}

const DOING: &str = "choosing a pass";

fn missing(why: &str) -> Failure {
    Failure::new(Code::NotFound, DOING, why)
}

/// Fewer digits than a year and a month have are a number; more begin a pass's name.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text.len() < 6)
}

fn last_of(names: &[String]) -> String {
    match names.last() {
        Some(last) => format!("The last one is {last}."),
        None => "There is none yet: run the pair first.".to_owned(),
    }
}
