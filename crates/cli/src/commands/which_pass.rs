//! Which pass is meant: its name, the beginning of it, its number, or the last where nothing is said.

use counterpart_model::{Code, Failure};

/// The one pass of `names`, which are oldest first.
///
/// # Errors
/// `not-found` where there is none, `usage` where several could be meant.
pub(crate) fn which_pass(names: &[String], wanted: Option<&str>) -> Result<String, Failure> {
    let doing = "choosing a pass";
    let Some(wanted) = wanted else {
        let none = || Failure::new(Code::NotFound, doing, "there is no pass yet").hint("Run the pair first.");
        return names.last().cloned().ok_or_else(none);
    };
    let meant: Vec<&String> = match names.iter().find(|name| *name == wanted) {
        Some(exact) => vec![exact],
        None => names
            .iter()
            .filter(|name| name.starts_with(wanted) || is_number(name, wanted))
            .collect(),
    };
    match meant.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(
            Failure::new(Code::NotFound, doing, format!("there is no pass {wanted}")).hint(last_of(names)),
        ),
        several => {
            let shown: Vec<&str> = several.iter().take(4).map(|name| name.as_str()).collect();
            let why = format!("{wanted} may mean {} passes", several.len());
            Err(Failure::new(Code::Usage, doing, why)
                .hint(format!("Such as {}.", crate::words::list(&shown))))
        }
    }
}

/// `20261122T021407Z-00042` has the number 42.
fn is_number(name: &str, wanted: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    let own = name.rsplit_once('-').and_then(|(_, own)| number(own));
    own.is_some() && own == number(wanted)
}

fn last_of(names: &[String]) -> String {
    match names.last() {
        Some(last) => format!("The last one is {last}."),
        None => "There is none yet: run the pair first.".to_owned(),
    }
}
