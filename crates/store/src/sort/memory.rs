//! The records that are in memory: their bytes in one piece, and sixteen bytes each to find them by.

use super::{Compare, KeyValue};

/// Buffers begin at this size, or an eighth of the budget if that is less.
const FIRST_BYTES: usize = 64 << 10;

/// Records in memory, within a budget.
pub(super) struct Memory {
    budget_bytes: usize,
    bytes: Vec<u8>,
    places: Vec<Place>,
    /// How many were given out by `next`.
    given: usize,
}

/// Where a record lies; places are in the order of pushing, so they break ties.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    key_len: u32,
    value_len: u32,
}

impl Memory {
    pub(super) fn new(budget_bytes: usize) -> Self {
        Self {
            budget_bytes,
            bytes: Vec::new(),
            places: Vec::new(),
            given: 0,
        }
    }

    /// Adds a record; `false` when the budget does not allow it.
    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) -> bool {
        let fits = self.make_room(key.len() + value.len());
        if fits {
            self.push_anyway(key, value);
        }
        fits
    }

    /// Adds a record even if it alone is larger than the budget.
    pub(super) fn push_anyway(&mut self, key: &[u8], value: &[u8]) {
        // A record beyond 32 bits of length fails when its run is written.
        let len = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let place = Place {
            at: self.bytes.len() as u64,
            key_len: len(key),
            value_len: len(value),
        };
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        self.places.push(place);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Forgets all records, keeping the buffers.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
        self.given = 0;
    }

    /// Sorts by key, and equal keys by the order of pushing; without memory of its own.
    pub(super) fn sort(&mut self, compare: Compare) {
        let bytes = &self.bytes;
        self.places.sort_unstable_by(|left, right| {
            let keys = compare(left.record(bytes).0, right.record(bytes).0);
            // Only a record of no bytes begins where the next one does, and it was pushed before.
            let pushed = |place: &Place| (place.at, place.value_len);
            keys.then_with(|| pushed(left).cmp(&pushed(right)))
        });
    }

    /// The next record in the present order.
    pub(super) fn next(&mut self) -> Option<KeyValue<'_>> {
        let place = self.places.get(self.given)?;
        self.given += 1;
        Some(place.record(&self.bytes))
    }

    fn make_room(&mut self, more_bytes: usize) -> bool {
        let place_bytes = size_of::<Place>();
        let used = self.bytes.capacity() + self.places.capacity() * place_bytes;
        let first = FIRST_BYTES.min(self.budget_bytes / 8);
        let spare = self.budget_bytes.saturating_sub(used);
        if !grow(&mut self.places, 1, first / place_bytes, spare / place_bytes) {
            return false;
        }
        let used = self.bytes.capacity() + self.places.capacity() * place_bytes;
        let spare = self.budget_bytes.saturating_sub(used);
        grow(&mut self.bytes, more_bytes, first, spare)
    }
}

impl Place {
    fn record<'a>(&self, bytes: &'a [u8]) -> KeyValue<'a> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let record = bytes.get(at..).unwrap_or_default();
        let (key_len, value_len) = (self.key_len as usize, self.value_len as usize);
        let (key, rest) = record.split_at(key_len.min(record.len()));
        (key, &rest[..value_len.min(rest.len())])
    }
}

/// Makes room for `more` items within `spare`, doubling; `false` when it cannot, or only in tiny steps.
fn grow<T>(items: &mut Vec<T>, more: usize, first: usize, spare: usize) -> bool {
    let missing = more.saturating_sub(items.capacity() - items.len());
    if missing == 0 {
        return true;
    }
    let step = items.capacity().max(first).max(missing).min(spare);
    if step < missing || step < items.capacity() / 8 {
        return false;
    }
    items.reserve_exact(items.capacity() - items.len() + step);
    true
}
