//! How fast bytes may go over a link: so many a second in each direction, as its caller says at each moment.
//!
//! Only the caller keeps to it: what it sends waits before it is given to the writer, and what it receives is read from
//! the stream no faster, so that the far end, whose sends then wait, needs neither a clock nor to be believed. Which rate
//! holds at which hour is not known here.

mod bucket;
mod gate;
mod reading;
#[cfg(test)]
mod tests;

pub(crate) use gate::Gate;
#[cfg(test)]
pub(crate) use gate::Ticks;
pub(crate) use reading::Paced;

use std::sync::Arc;

/// Says how fast a link may be.
pub trait Pace: Send + Sync {
    /// Bytes a second in each direction now; `None` for no limit, as for the end of an interrupted pass, which nothing may
    /// hold up. Asked before every frame and many times a second by all that waits.
    fn bytes_per_second(&self) -> Option<u64>;
}

/// The gates of the two directions: a link carries both at once, and neither pays for the other.
pub(crate) struct Gates {
    pub out: Gate,
    pub into: Gate,
}

impl Gates {
    pub(crate) fn new(pace: &Arc<dyn Pace>) -> Self {
        Self {
            out: Gate::new(pace.clone()),
            into: Gate::new(pace.clone()),
        }
    }

    #[cfg(test)]
    pub(crate) fn by(pace: &Arc<dyn Pace>, clock: &Arc<dyn Ticks>) -> Self {
        Self {
            out: Gate::by(pace.clone(), clock.clone()),
            into: Gate::by(pace.clone(), clock.clone()),
        }
    }
}
