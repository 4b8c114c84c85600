//! What is done around the tree of a pair: production is held, a snapshot is taken, the standby's application is stopped and
//! started, and both are as they were before, whatever became of the pass.
//!
//! What is to be undone is written down before it is done, at the pair's ledger and at a far site, so that neither a kill
//! nor a lost link leaves anything held. Which programs there are is the configuration's; they may run twice, and must bear
//! it. No tree is touched here.

mod attempt;
mod book;
mod by_hand;
mod checks;
mod idle;
mod owed;
mod settings;
mod stage;
mod told;

pub use book::{HoldBook, Holding};
pub use by_hand::{ByHand, hold_by_hand, release_by_hand, settle_left};
pub use checks::Checked;
pub(crate) use idle::busy;
pub use owed::{Owed, What};
pub use settings::{Application, Check, Hold, Hooks, Snapshot};
pub(crate) use stage::Stage;
