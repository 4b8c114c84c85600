//! How things stand, told to the service manager and to `status`.

use super::Keeper;
use crate::serve::events;

impl Keeper<'_> {
    /// Tells the service manager, and `status`, how things stand.
    pub(super) fn show(&mut self) {
        self.service.status(self.status());
        self.standing.running = self.running_pairs();
        self.standing.broken = self.configured.broken().map(str::to_owned);
        if let Err(failure) = self.standing.keep(&self.state) {
            self.trouble(None, &failure);
        }
    }

    pub(super) fn running_pairs(&self) -> Vec<String> {
        let running = self.places.iter().filter(|place| place.running.is_some());
        running.map(|place| place.pair.name.clone()).collect()
    }

    fn status(&self) -> String {
        let mut parts = Vec::new();
        if self.configured.broken().is_some() {
            parts.push("the new configuration is broken, the old one is in force".to_owned());
        }
        let running = self.running_pairs();
        if !running.is_empty() {
            parts.push(format!("running: {}", running.join(", ")));
        }
        let idle = self.places.iter().filter(|place| place.running.is_none());
        let next = idle.filter_map(|place| Some((place.due?.begins, &place.pair.name)));
        if let Some((begins, pair)) = next.min() {
            parts.push(format!("next: {pair} at {}", events::shown(begins)));
        }
        parts.join("; ")
    }

    pub(super) fn pairs_in_words(&self) -> String {
        let pairs = self
            .places
            .iter()
            .map(|place| format!("{} {}", place.pair.name, place.words()));
        pairs.collect::<Vec<_>>().join("; ")
    }
}
