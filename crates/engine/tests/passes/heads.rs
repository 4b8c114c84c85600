//! The head of the chain at a far site: kept after each pass, and compared with the journal at the next.

use crate::support::*;
use counterpart_model::Digest;
use counterpart_port::LinkProfile;

fn far(site: &FakeSite) {
    site.state().link = Some(LinkProfile {
        clock_ahead_ms: 0,
        clock_uncertainty_ms: 1,
        agent_sha256: None,
    });
}

fn pair() -> Pair {
    let pair = Pair::with(&[("a", file("one", 1))]);
    far(&pair.standby);
    far(&pair.production);
    pair
}

#[test]
fn both_far_sites_keep_the_head_of_each_pass() {
    let pair = pair();
    for sequence in 1..=3_u64 {
        let report = if sequence == 2 {
            pair.verify(false)
        } else {
            pair.run()
        };
        assert!(report.congruent, "{report:?}");
        let heads = [&pair.production, &pair.standby].map(|site| site.state().chain_head.clone().unwrap());
        assert_eq!(heads[0], heads[1]);
        // The first record is the key's.
        assert_eq!((heads[0].sequence, &heads[0].pass), (sequence + 1, &report.pass));
        assert!(pair.ledger.has_head(&heads[0]).unwrap());
    }
}

#[test]
fn a_site_of_this_host_is_given_none() {
    let pair = Pair::with(&[("a", file("one", 1))]);
    assert!(pair.run().congruent);
    assert!(pair.standby.state().chain_head.is_none());
}

#[test]
fn a_head_that_the_journal_does_not_have_is_told_until_somebody_looked() {
    for sequence in [1, 2, 40] {
        let pair = pair();
        pair.run();
        pair.run();
        let mut kept = pair.standby.state().chain_head.clone().unwrap();
        (kept.sequence, kept.hash) = (sequence, Digest([9; 32]));
        pair.standby.state().chain_head = Some(kept.clone());
        for _ in 0..2 {
            let report = pair.run();
            assert!(!report.congruent, "{report:?}");
            let told: Vec<&str> = report.failures.iter().map(|told| told.code.as_str()).collect();
            assert_eq!(told, ["journal-behind"]);
            assert_eq!(pair.standby.state().chain_head, Some(kept.clone()), "it stays");
        }
        // What is behind the far head by a crash between certificate and keeping it is no rollback.
        pair.standby.state().chain_head = None;
        assert!(pair.run().congruent);
    }
}

#[test]
fn a_head_that_is_older_than_the_journal_is_none_to_worry_about() {
    let pair = pair();
    pair.run();
    let first = pair.standby.state().chain_head.clone();
    pair.run();
    pair.standby.state().chain_head = first;
    assert!(pair.run().congruent);
}
