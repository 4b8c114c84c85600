//! The end of history at a standby: by its own clock, and no sooner than its own host says.
//!
//! A caller of another host may be one that somebody broke into. It can have history kept longer, never shorter.

use crate::locks;
use crate::opening::now;
use crate::site::LocalSiteOptions;
use counterpart_model::{Code, Failure};
use counterpart_port::Expired;
use counterpart_store::files;
use counterpart_tree::history;

/// Who decides how long history is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Retention {
    /// The caller, who is of this host.
    #[default]
    Caller,
    /// The administrator of this host: so many seconds at the least, whatever callers of other hosts say.
    AtLeast(u64),
}

impl Retention {
    /// 400 days, where the administrator did not say.
    pub const USUAL: Self = Self::AtLeast(400 * 86_400);

    fn in_force(self, asked_seconds: u64) -> u64 {
        match self {
            Self::Caller => asked_seconds,
            Self::AtLeast(seconds) => asked_seconds.max(seconds),
        }
    }
}

/// The passes whose history may end now.
pub(crate) fn expired(options: &LocalSiteOptions, asked_seconds: u64) -> Result<Expired, Failure> {
    let keep_seconds = options.retention.in_force(asked_seconds);
    let kept = i64::try_from(keep_seconds).unwrap_or(i64::MAX);
    let before_seconds = now().seconds.saturating_sub(kept);
    Ok(Expired {
        keep_seconds,
        before_seconds,
        passes: history::expired(&options.open_root()?, before_seconds)?,
    })
}

/// Ends the history of passes, while no pass of any pair runs there. All are judged before the first goes.
pub(crate) fn end(options: &LocalSiteOptions, passes: &[String], asked_seconds: u64) -> Result<(), Failure> {
    let root = options.open_root()?;
    files::make_dir(&options.state)?;
    let _locks = locks::both(options, &root, "prune")?;
    let expired = expired(options, asked_seconds)?;
    for pass in passes {
        if !expired.passes.iter().any(|known| known.pass == *pass) {
            let doing = format!("ending the history of pass {pass:?}");
            let why = "it has not expired at the standby, or is not there";
            return Err(Failure::new(Code::Usage, doing, why).hint("`counterpart prune` lists what has."));
        }
    }
    passes.iter().try_for_each(|pass| history::delete(&root, pass))
}
