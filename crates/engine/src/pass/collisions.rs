//! Names of production that a standby without case or composed letters would make one.

use super::Pass;
use crate::plan::draft::SORT_MEMORY_BYTES;
use crate::plan::names::NameCheck;
use counterpart_model::Failure;
use counterpart_port::{Extent, NameRules, Observed};
use counterpart_store::Sorter;
use std::collections::HashSet;

/// Most colliding paths that are remembered; beyond it every further one is left to the filesystem's own refusal.
const MAX_COLLISIONS: usize = 100_000;

impl Pass<'_> {
    /// Every path of production that is not alone in its folded form.
    pub(crate) fn collisions(&self, rules: &NameRules) -> Result<HashSet<Vec<u8>>, Failure> {
        let mut colliding = HashSet::new();
        if !NameCheck::may_collide(rules) {
            return Ok(colliding);
        }
        let mut by_form = Sorter::new(&self.ledger.spool_dir()?, SORT_MEMORY_BYTES, Ord::cmp);
        let mut stream = self.sites.production.observed(Extent::Everything)?;
        let mut seen = Observed::default();
        while stream.next_into(&mut seen)? {
            if seen.now.is_some() {
                by_form.push(
                    &NameCheck::folded(rules, seen.path.as_bytes()),
                    seen.path.as_bytes(),
                )?;
            }
        }
        let mut sorted = by_form.finish()?;
        let mut last: Option<(Vec<u8>, Vec<u8>)> = None;
        while let Some((folded, path)) = sorted.next()? {
            if let Some((_, other)) = last.as_ref().filter(|(key, _)| key == folded)
                && colliding.len() < MAX_COLLISIONS
            {
                colliding.insert(other.clone());
                colliding.insert(path.to_vec());
            }
            last = Some((folded.to_vec(), path.to_vec()));
        }
        Ok(colliding)
    }
}
