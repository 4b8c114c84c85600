//! Counts of entries: what a tally adds for each kind, and that it takes away what it added.

use crate::facts::fact;
use counterpart_model::Tally;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_added_and_taken_away_leaves_nothing(facts in proptest::collection::vec(fact(), 0..20)) {
        let facts: Vec<_> = facts.into_iter().map(|mut fact| { fact.size_bytes >>= 8; fact }).collect();
        let mut tally = Tally::default();
        for fact in &facts {
            tally.add(fact);
        }
        prop_assert_eq!(tally.entries(), facts.len() as u64);
        prop_assert_eq!(tally.bytes, facts.iter().map(|fact| fact.size_bytes).sum::<u64>());
        let mut both = tally;
        both.merge(&tally);
        prop_assert_eq!(both.entries(), 2 * tally.entries());
        for fact in &facts {
            tally.subtract(fact);
        }
        prop_assert_eq!(tally, Tally::default());
    }
}
