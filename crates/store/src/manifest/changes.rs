//! Changes of a manifest as a stream, looked at one ahead so that of equal paths the last counts.

use counterpart_model::{Code, EntryPath, Failure, Row};
use serde::{Deserialize, Serialize};

/// One change of a manifest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RowChange {
    /// The entry.
    pub path: EntryPath,
    /// What its row is now; `None` when it is gone.
    pub row: Option<Row>,
    /// Every row of the base beneath it is gone too. Changes beneath it count as later than this one.
    pub whole: bool,
}

/// A stream of changes in path order; of equal paths the last counts, and `whole` of any.
pub trait RowChanges {
    /// Fills `change` with the next one; `false` at the end.
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, Failure>;
}

/// The changes that are still to be made, each path once.
pub(super) struct Pending<'c> {
    source: &'c mut dyn RowChanges,
    present: Option<RowChange>,
    ahead: Option<RowChange>,
}

impl<'c> Pending<'c> {
    pub(super) fn new(source: &'c mut dyn RowChanges) -> Result<Self, Failure> {
        let mut pending = Self {
            source,
            present: None,
            ahead: None,
        };
        pending.ahead = pending.pull(RowChange::default())?;
        pending.advance()?;
        Ok(pending)
    }

    /// The change that is next.
    pub(super) fn peek(&self) -> Option<&RowChange> {
        self.present.as_ref()
    }

    /// Moves to the change after it.
    pub(super) fn advance(&mut self) -> Result<(), Failure> {
        let mut spare = self.present.take().unwrap_or_default();
        let Some(mut change) = self.ahead.take() else {
            return Ok(());
        };
        while let Some(later) = self.pull(spare)? {
            if later.path != change.path {
                check_order(&change, &later)?;
                self.ahead = Some(later);
                break;
            }
            let whole = change.whole || later.whole;
            spare = std::mem::replace(&mut change, later);
            change.whole = whole;
        }
        self.present = Some(change);
        Ok(())
    }

    fn pull(&mut self, mut spare: RowChange) -> Result<Option<RowChange>, Failure> {
        let there = self.source.next_into(&mut spare)?;
        if there && spare.row.as_ref().is_some_and(|row| row.path != spare.path) {
            return Err(wrong("a row has another path than its change"));
        }
        Ok(there.then_some(spare))
    }
}

fn check_order(earlier: &RowChange, later: &RowChange) -> Result<(), Failure> {
    if earlier.path < later.path {
        Ok(())
    } else {
        Err(wrong("changes are out of order"))
    }
}

fn wrong(why: &str) -> Failure {
    Failure::new(Code::StateDamaged, "folding changes into a manifest", why)
}
