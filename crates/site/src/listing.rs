//! The manifest of the last pass, listed for people.

use counterpart_model::{EntryPath, Failure, Kind};
use counterpart_port::{Listed, Listing, ListingHead, Stream};
use counterpart_store::{Manifest, Rows};

/// The listing of a manifest.
pub(crate) fn of(manifest: Manifest, leaders: bool) -> Listing<'static> {
    let (header, summary) = (manifest.header(), manifest.summary());
    let head = ListingHead {
        pair: header.pair.clone(),
        role: header.role,
        algorithm: header.algorithm,
        grain: header.grain,
        at_seconds: header.at_seconds,
        root: summary.root,
        tally: summary.tally,
    };
    let rows = ListedRows {
        rows: manifest.rows(),
        leaders: leaders.then_some(manifest),
    };
    (head, Box::new(rows))
}

struct ListedRows {
    rows: Rows,
    /// Where leaders of hard links are looked up.
    leaders: Option<Manifest>,
}

impl Stream<Listed> for ListedRows {
    fn next_into(&mut self, item: &mut Listed) -> Result<bool, Failure> {
        if !self.rows.next_into(&mut item.row)? {
            return Ok(false);
        }
        item.digest = match (&self.leaders, item.row.fact.kind) {
            (Some(manifest), Kind::HardLink) => {
                let leader = manifest.find(&EntryPath::trusted(item.row.fact.target.clone()))?;
                leader.and_then(|leader| leader.fact.digest())
            }
            _ => item.row.fact.digest(),
        };
        Ok(true)
    }
}
