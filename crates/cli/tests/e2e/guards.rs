//! Guards: what is refused, that nothing changes then, and how it is allowed.

mod limits;
mod ransom;
mod sites;
mod targets;

use crate::harness::*;

/// A refusal in words, for people: it must name the command that would allow it; gives the hash in it.
fn command_that_allows(world: &World, options: &[&str]) -> String {
    let (code, said) = world.say(&world.pass_arguments(options));
    assert_eq!(code, 3, "{said}");
    let line = said
        .lines()
        .find(|line| line.contains("--approve"))
        .unwrap_or_else(|| panic!("no command: {said}"));
    assert!(line.contains("counterpart") && line.contains("--state"), "{line}");
    line.split_whitespace().last().unwrap().to_owned()
}

/// The refusal must hold; approved, the pass must be congruent.
fn refused_until_approved(world: &World, options: &[&str], codes: &[&str]) -> Outcome {
    let refused = world.refused(options, codes);
    let hash = command_that_allows(world, options);
    assert_eq!(hash, refused.approve());
    world.refused(
        &[options, &["--approve", "0123456789abcdef"]].concat(),
        &["approval"],
    );
    world
        .pass_with(&[options, &["--approve", &hash]].concat())
        .congruent()
}
