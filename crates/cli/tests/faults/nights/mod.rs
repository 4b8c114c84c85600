//! Night after night of `serve`, by a clock that the test moves: each night one thing goes wrong, the promised outcome comes,
//! and the certificate says the truth, by a comparison of both trees that knows nothing of Counterpart.
//!
//! A few nights run with every test, one for each thing that may go wrong. `cargo xtask soak` sets `COUNTERPART_NIGHTS` to a
//! year of them.

mod clock;
mod mischief;
mod world;

use crate::content::{Random, seed};
use mischief::Mischief;
use world::World;

/// How many nights are simulated: one for each kind of mischief, and one before.
fn nights() -> usize {
    let told = std::env::var("COUNTERPART_NIGHTS").ok();
    let told = told.and_then(|text| text.parse().ok());
    told.unwrap_or(Mischief::ALL.len() + 1)
}

/// What goes wrong, night by night: nothing in the first, then everything once in some order, then anything.
fn plan(random: &mut Random, nights: usize) -> Vec<Mischief> {
    let mut all = Mischief::ALL.to_vec();
    for last in (1..all.len()).rev() {
        all.swap(last, random.below(last + 1));
    }
    let mut plan = vec![Mischief::Nothing];
    plan.extend(all);
    while plan.len() < nights {
        plan.push(Mischief::ALL[random.below(Mischief::ALL.len())]);
    }
    plan.truncate(nights);
    plan
}

#[test]
fn every_night_has_its_promised_outcome_and_its_certificate_says_the_truth() {
    let seed = seed();
    let mut random = Random::new(seed);
    let plan = plan(&mut random, nights());
    let mut world = World::new(seed);
    for (number, mischief) in plan.into_iter().enumerate() {
        let began = std::time::Instant::now();
        world.night(number, mischief);
        println!(
            "night {number}, {mischief:?}: {:.1} s",
            began.elapsed().as_secs_f64()
        );
        if number % 7 == 6 {
            world.prune();
        }
        if number % 60 == 59 {
            world.verify();
        }
    }
    world.verify();
    world.end();
}
