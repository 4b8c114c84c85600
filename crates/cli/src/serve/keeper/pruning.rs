//! What `[serve] prune` asks for: at its time, what has had its own goes, pair by pair, in a thread of its own.

use super::{Keeper, Told};
use crate::config::Pair;
use crate::documents::PruneDocument;
use crate::pruning::prune;
use crate::serve::events;
use crate::serve::worker::{Bench, guarded};
use crate::wire::Wired;
use crate::{units, words};
use counterpart_engine::RunRecord;
use counterpart_schedule::Past;
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Keeper<'_> {
    /// Begins where it is time, with one pair after the other, none of which a pass runs. A time at which no `serve` ran is left
    /// out.
    pub(super) fn prune_in_time(&mut self, now: Timestamp, zone: &TimeZone) {
        if self.is_time_to_prune(now, zone) {
            self.pruned = now;
            let pairs = self.configured.config().pairs.iter();
            self.to_prune = pairs.map(|pair| pair.name.clone()).collect();
        }
        if self.pruning.is_some() || self.to_prune.is_empty() {
            return;
        }
        let running = self.running_pairs();
        let pairs = self.configured.config().pairs.iter();
        let mut idle =
            pairs.filter(|pair| self.to_prune.contains(&pair.name) && !running.contains(&pair.name));
        let Some(pair) = idle.next().cloned() else {
            return;
        };
        self.to_prune.remove(&pair.name);
        self.pruning = Some(pair.name.clone());
        let (bench, tell) = (self.bench.clone(), self.tell.clone());
        std::thread::spawn(move || {
            // The loop may have ended.
            let _ = tell.send(Told::Pruned(Box::new(of_pair(&bench, pair))));
        });
    }

    fn is_time_to_prune(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let past = Past {
            began: None,
            settled: self.pruned,
        };
        let schedule = self.configured.config().serve.prune.as_ref();
        let due = schedule.and_then(|schedule| schedule.next(&past, now, zone));
        due.is_some_and(|due| due.begins <= now)
    }
}

fn of_pair(bench: &Bench, pair: Pair) -> RunRecord {
    let name = pair.name.clone();
    let pruned = guarded(|| prune(&Wired::open(&bench.context(), pair)?, true));
    match pruned {
        Ok((document, _)) => RunRecord {
            message: Some(in_words(&document)),
            ..events::of_pair(&name, "pruned")
        },
        Err(failure) => RunRecord {
            result: Some(failure.code.word().to_owned()),
            message: Some(failure.to_string()),
            ..events::of_pair(&name, "trouble")
        },
    }
}

fn in_words(document: &PruneDocument) -> String {
    let passes = words::counted(document.passes.len() as u64, "pass", "passes");
    let bytes: u64 = document.passes.iter().map(|pass| pass.bytes).sum();
    let history = format!("history of {passes}, {}", units::short_bytes(bytes));
    let others = document.others.iter().map(|other| {
        format!(
            "{} {}, {}",
            other.things,
            other.what,
            units::short_bytes(other.bytes)
        )
    });
    std::iter::once(history)
        .chain(others)
        .collect::<Vec<_>>()
        .join("; ")
}
