//! What the commands of unattended life take: `pause` and `resume`.

use super::options::PairArg;
use crate::config::value;
use clap::Args;

/// What `pause` takes.
#[derive(Args, Clone, Debug)]
pub struct PauseArgs {
    /// The pair; all pairs of the configuration where none is named
    #[command(flatten)]
    pub pair: PairArg,
    /// When the pause ends by itself: a day or a time in UTC, or a duration from now such as 4h
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub until: Option<Until>,
}

/// What `resume` takes.
#[derive(Args, Clone, Debug)]
pub struct ResumeArgs {
    /// The pair; all pairs of the configuration where none is named
    #[command(flatten)]
    pub pair: PairArg,
}

/// When a pause ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At a time, in seconds since 1970.
    Seconds(i64),
    /// So many seconds from now on.
    After(u64),
}

/// `2026-11-20`, `2026-11-20T02:14:07Z` or `4h`.
fn until(text: &str) -> Result<Until, String> {
    if let Ok(seconds) = value::duration(text) {
        return Ok(Until::After(seconds));
    }
    let time = value::utc_time(text).map(Until::Seconds);
    time.map_err(|hint| format!("{hint}; or a duration from now such as 4h"))
}
