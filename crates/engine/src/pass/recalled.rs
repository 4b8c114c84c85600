//! After an interrupted pass: what it brought is known at the standby, and is recalled at production without being
//! read again.

use super::{Observation, Pass};
use crate::apply::is_fatal;
use crate::compare::{Difference, Merge};
use counterpart_model::{Digest, Failure, Kind};
use counterpart_port::Extent;

impl Pass<'_> {
    /// Recalls the digest of every file of production that the interrupted pass brought to the standby and that has
    /// not changed since that pass began.
    pub(super) fn recall_arrived(&self, observation: &Observation) -> Result<(), Failure> {
        let Some(since) = observation.recovered_since_seconds else {
            return Ok(());
        };
        if observation.recovered == 0 {
            return Ok(());
        }
        let everything = Extent::Everything;
        let production = self.sites.production.observed(everything)?;
        let mut merge = Merge::new(production, self.sites.standby.observed(everything)?, everything);
        let mut reader = self.sites.production.content()?;
        let mut difference = Difference::default();
        while merge.next_into(&mut difference)? {
            let Some(digest) = arrived(&difference) else {
                continue;
            };
            let recalled = reader
                .open(&difference.path)
                .and_then(|_| reader.recall(digest, since));
            // A file that cannot be recalled is read like any other.
            if let Err(failure) = recalled
                && is_fatal(&failure)
            {
                return Err(failure);
            }
        }
        Ok(())
    }
}

/// The digest that the standby knows of a file of the same size and time that production has not read.
fn arrived(difference: &Difference) -> Option<Digest> {
    let (production, standby) = (
        difference.production.now.as_ref()?,
        difference.standby.now.as_ref()?,
    );
    let file = production.kind == Kind::File && production.is_unread();
    let mtime = production.metadata.mtime;
    let same = mtime.is_some() && mtime == standby.metadata.mtime && production.same_shape(standby);
    standby.digest().filter(|_| file && same)
}
