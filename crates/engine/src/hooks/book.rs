//! Who holds a production: several pairs may have the same one, and an operator may hold it by hand. The first that comes
//! begins the hold, the last that goes ends it.
//!
//! One file for each production in the state directory, `holds/`; pairs of other state directories are not known here.

use counterpart_model::{Algorithm, Failure};
use counterpart_store::files::{make_dir, read_json, remove, write_json_atomic};
use counterpart_store::{Lock, Waiting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The holds of one production.
#[derive(Clone, Debug)]
pub struct HoldBook {
    dir: PathBuf,
    /// Where production is, and how it is held: what is counted together.
    place: String,
}

/// One that holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Holding {
    /// The pair, or who holds by hand: what is held once however often it is asked for.
    pub by: String,
    /// Since when, in seconds since 1970.
    pub since_seconds: i64,
    /// Why, where somebody said.
    pub reason: Option<String>,
}

/// What is on the disk.
#[derive(Default, Serialize, Deserialize)]
struct Page {
    place: String,
    holders: Vec<Holding>,
}

impl HoldBook {
    /// Of a production in a state directory.
    pub fn new(dir: PathBuf, place: impl Into<String>) -> Self {
        Self {
            dir,
            place: place.into(),
        }
    }

    /// Who holds it now.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn holders(&self) -> Result<Vec<Holding>, Failure> {
        self.page().map(|page| page.holders)
    }

    /// Adds a holder; the first one begins the hold.
    ///
    /// # Errors
    /// It cannot be begun, and then nobody was added.
    pub(crate) fn enter(
        &self,
        holding: &Holding,
        begin: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let _turn = self.turn()?;
        let mut page = self.page()?;
        if page.holders.is_empty() {
            begin()?;
        }
        if page.holders.iter().all(|known| known.by != holding.by) {
            page.holders.push(holding.clone());
        }
        self.write(&page)
    }

    /// Takes a holder out; where nobody is left, the hold ends. One that was never added is as good as gone: it may have
    /// been killed before.
    ///
    /// # Errors
    /// It cannot be ended, and then it is still held.
    pub(crate) fn leave(&self, by: &str, end: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let _turn = self.turn()?;
        let mut page = self.page()?;
        page.holders.retain(|known| known.by != by);
        if !page.holders.is_empty() {
            return self.write(&page);
        }
        end()?;
        remove(&self.file())
    }

    fn turn(&self) -> Result<Waiting, Failure> {
        make_dir(&self.dir)?;
        Lock::wait(&self.file().with_extension("lock"))
    }

    fn page(&self) -> Result<Page, Failure> {
        let page: Option<Page> = read_json(&self.file())?;
        Ok(page.unwrap_or_else(|| Page {
            place: self.place.clone(),
            holders: Vec::new(),
        }))
    }

    fn write(&self, page: &Page) -> Result<(), Failure> {
        write_json_atomic(&self.file(), page)
    }

    fn file(&self) -> PathBuf {
        let digest = Algorithm::Sha256.of(self.place.as_bytes()).to_string();
        self.dir.join(format!("{}.json", &digest[..16]))
    }
}
