//! The two locks of a standby: of the pair, in its state, and of the root, beneath it.
//!
//! The first keeps passes of one pair apart. The second is where the standby is: two hosts, or two names of pairs, have
//! two state directories, but one root. The kernel holds both, so a crashed holder stands in nobody's way.

use crate::opening::{OpenPass, current, now};
use crate::recovery::LOG_NAME;
use crate::site::LocalSiteOptions;
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::OpenRequest;
use counterpart_store::{Holder, Lock};
use counterpart_tree::lock_file::{self, Opening};
use counterpart_tree::{Root, identity};
use std::sync::PoisonError;

/// Takes the lock of the pair; production has none.
pub(crate) fn of_pair(options: &LocalSiteOptions, pass: &str) -> Result<Option<Lock>, Failure> {
    if options.role == SiteRole::Production {
        return Ok(None);
    }
    Lock::take(&options.state.join("lock"), &holder(options, pass)).map(Some)
}

/// Takes the lock of the root, or shares it where nothing may change. Beneath a root that is another's nothing
/// is made: it is locked when it is adopted.
pub(crate) fn of_root(
    options: &LocalSiteOptions,
    request: &OpenRequest,
    root: &Root,
) -> Result<Option<Lock>, Failure> {
    if options.role == SiteRole::Production {
        return Ok(None);
    }
    if request.read_only {
        let file = lock_file::open(root, Opening::ToRead)?;
        return file
            .map(|file| Lock::share(file, &lock_file::path(root)))
            .transpose();
    }
    let opening = if is_ours(options, root)? {
        Opening::Make
    } else {
        Opening::Present
    };
    exclusive(options, root, &request.pass, opening)
}

/// A root is this pair's when it says so, or when it is empty and no earlier pass left anything there.
fn is_ours(options: &LocalSiteOptions, root: &Root) -> Result<bool, Failure> {
    if let Some(found) = identity::read(root)? {
        return Ok(found.pair == options.pair);
    }
    let first = current(&options.state)?.is_none() && !options.state.join(LOG_NAME).exists();
    Ok(first && identity::is_empty(root)?)
}

/// Takes the lock of a root that is being adopted, unless this pass has it already.
pub(crate) fn adopting(pass: &OpenPass, options: &LocalSiteOptions) -> Result<(), Failure> {
    let mut lock = pass.root_lock.lock().unwrap_or_else(PoisonError::into_inner);
    if lock.is_some() {
        return Ok(());
    }
    *lock = exclusive(options, &pass.root, &pass.request.pass, Opening::Make)?;
    // Whoever had the lock before it was there to be taken may have given the root away meanwhile.
    if identity::read(&pass.root)?.map(|found| found.pair) == pass.given_to {
        return Ok(());
    }
    let why = "another pass took it over since this one began";
    Err(Failure::new(Code::Locked, "taking the standby's root over", why)
        .hint("Look whose it is, then run again."))
}

/// Takes both locks of a standby at which no pass is open.
pub(crate) fn both(
    options: &LocalSiteOptions,
    root: &Root,
    what: &str,
) -> Result<[Option<Lock>; 2], Failure> {
    Ok([
        of_pair(options, what)?,
        exclusive(options, root, what, Opening::Present)?,
    ])
}

fn exclusive(
    options: &LocalSiteOptions,
    root: &Root,
    pass: &str,
    opening: Opening,
) -> Result<Option<Lock>, Failure> {
    let file = lock_file::open(root, opening)?;
    let holder = holder(options, pass);
    file.map(|file| Lock::of(file, &lock_file::path(root), &holder))
        .transpose()
}

fn holder(options: &LocalSiteOptions, pass: &str) -> Holder {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Holder {
        pid: std::process::id(),
        host,
        pass: pass.to_owned(),
        pair: options.pair.clone(),
        since_seconds: now().seconds,
    }
}
