//! When a pair is due: after so long, at a time of day or by a cron line; in which windows a pass may begin; and what is
//! done about runs that were missed.
//!
//! Pure: the present time, the time zone and what ran last are given. Nothing here waits, and nothing here runs a pass.

mod cron;
mod due;
mod when;
mod window;

pub use cron::CronLine;
pub use due::{Due, Past, Schedule};
pub use when::When;
pub use window::{Window, Windows};
