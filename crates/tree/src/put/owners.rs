//! Turns an owner as facts write it, `user:group`, into the numbers of this host.
//!
//! Nothing is guessed: a name that this host does not know has no number.

use counterpart_model::{Owner, policy::OwnerBy};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Looks owners up, each name once.
pub(crate) struct OwnerIds {
    by: OwnerBy,
    known: Mutex<HashMap<Owner, Option<(u32, u32)>>>,
}

impl OwnerIds {
    pub(crate) fn new(by: OwnerBy) -> Self {
        Self {
            by,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// Numbers of user and group; `None` where either is not known here.
    pub(crate) fn ids(&self, owner: &Owner) -> Option<(u32, u32)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ids) = known.get(owner) {
            return *ids;
        }
        let ids = self.look_up(owner);
        known.insert(owner.clone(), ids);
        ids
    }

    fn look_up(&self, owner: &Owner) -> Option<(u32, u32)> {
        let (user, group) = owner.0.split_once(':')?;
        let by_name = self.by == OwnerBy::Name;
        let id = |file, name: &str| match name.parse().ok() {
            Some(number) => Some(number),
            None if by_name => number_in(file, name),
            None => None,
        };
        Some((id("/etc/passwd", user)?, id("/etc/group", group)?))
    }
}

fn number_in(file: &str, name: &str) -> Option<u32> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut lines = text.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| {
        (fields.next()? == name)
            .then(|| fields.nth(1)?.parse().ok())
            .flatten()
    })
}
