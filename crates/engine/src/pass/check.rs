//! The first step: the pass gets its name, both sites are opened, and the pair's lock is taken.

use super::Sites;
use crate::request::{PassKind, PassRequest};
use crate::settings::PairSettings;
use counterpart_model::Failure;
use counterpart_port::{OpenRequest, Opened};

/// The name of the round before a pass, which its history is kept under: it sorts before the pass's own.
pub(crate) fn ahead_of(pass: &str) -> String {
    format!("{}A", pass.trim_end_matches('Z'))
}

/// The pass whose history this is: of a round before, that which followed.
pub(crate) fn pass_of(name: &str) -> String {
    name.strip_suffix('A')
        .map_or_else(|| name.to_owned(), |stem| format!("{stem}Z"))
}

/// Both sites, open.
pub(crate) struct BothOpened {
    pub(crate) production: Opened,
    pub(crate) standby: Opened,
}

const NAME: &str = "%Y%m%dT%H%M%S%3fZ";

/// A name that sorts by time; the pair's lock makes it the only one of its millisecond: `20261122T021407123Z`. Names only
/// grow: where the clock was set back since the `last` pass, it is the millisecond after that one's.
pub(crate) fn pass_name(began: jiff::Timestamp, last: Option<&str>) -> String {
    let name = began.strftime(NAME).to_string();
    match last {
        Some(last) if *last >= *name => following(last).unwrap_or(name),
        _ => name,
    }
}

fn following(last: &str) -> Option<String> {
    let last = jiff::civil::DateTime::strptime(NAME, last).ok()?;
    let next = last.checked_add(jiff::Span::new().milliseconds(1)).ok()?;
    Some(next.strftime(NAME).to_string())
}

/// How a pass is opened.
pub(crate) fn opening(
    pass: &str,
    settings: &PairSettings,
    request: &PassRequest,
    after: Option<&str>,
) -> OpenRequest {
    OpenRequest {
        pair: settings.name.clone(),
        pass: pass.to_owned(),
        policy: settings.policy.clone(),
        read_only: request.kind != PassKind::Run,
        after: after.map(str::to_owned),
        read_from: None,
    }
}

/// Opens the standby first, since its lock is the pair's. Only that production is there is asked before: the first
/// pass makes the standby's root, and must not where there is nothing to keep.
pub(crate) fn open(
    pass: &str,
    settings: &PairSettings,
    sites: &Sites<'_>,
    request: &PassRequest,
    after: Option<&str>,
) -> Result<BothOpened, Failure> {
    let open = opening(pass, settings, request, after);
    sites.production.open(&open)?;
    sites.production.abandon();
    let standby = sites.standby.open(&open)?;
    match sites.production.open(&open) {
        Ok(production) => Ok(BothOpened { production, standby }),
        Err(failure) => {
            sites.standby.abandon();
            Err(failure)
        }
    }
}
