//! Point 8: what was seen, in sum by code. No entry's path is here: the first few by name are in `examples`, a document
//! of its own, and the item log has every one.

use super::examples::{Examples, Listing};
use counterpart_model::{Code, Failure, Finding, SiteRole, Verdict};
use serde::{Deserialize, Serialize};

/// All findings of one code, site, verdict and standing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The code.
    pub code: Code,
    /// Where it was seen.
    pub site: SiteRole,
    /// What it makes of the entries.
    pub verdict: Verdict,
    /// True where the configuration declares that such entries are left out.
    pub declared: bool,
    /// How many.
    pub count: u64,
    /// Bytes of content concerned, as far as known.
    pub bytes: u64,
}

/// What failed or was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// How many.
    pub count: u64,
    /// How many of each code, in the order of the codes' words.
    pub codes: Vec<CodeCount>,
}

/// How many failures there were of one code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeCount {
    /// The code.
    pub code: Code,
    /// How many.
    pub count: u64,
}

/// Sums findings up as they are seen, in memory that does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    groups: Vec<(Group, Listing)>,
    /// Bytes of text that the examples have so far.
    text_bytes: usize,
}

/// What was summed up.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// What was not compared, ordered by code and site.
    pub not_compared: Vec<Group>,
    /// All the rest, in the same order.
    pub findings: Vec<Group>,
    /// The first of each by name; it still lacks which pass it is of.
    pub examples: Examples,
}

impl Collector {
    /// Adds one finding and the bytes of content that it concerns.
    pub fn add(&mut self, finding: &Finding, bytes: u64) {
        let at = self.position(finding);
        let (group, listing) = &mut self.groups[at];
        group.count += 1;
        group.bytes = group.bytes.saturating_add(bytes);
        self.text_bytes += listing.offer(finding, self.text_bytes);
    }

    /// The groups and their examples.
    pub fn finish(mut self) -> Collected {
        self.groups
            .sort_by_key(|(group, _)| (group.code, group.site, group.declared));
        let mut out = Collected::default();
        for (group, listing) in self.groups {
            let (groups, listings) = if group.verdict == Verdict::NotCompared {
                (&mut out.not_compared, &mut out.examples.not_compared)
            } else {
                (&mut out.findings, &mut out.examples.findings)
            };
            groups.push(group);
            if !listing.examples.is_empty() {
                listings.push(listing);
            }
        }
        out
    }

    fn position(&mut self, finding: &Finding) -> usize {
        let same = |(group, _): &(Group, Listing)| {
            group.code == finding.code
                && group.site == finding.site
                && group.verdict == finding.verdict
                && group.declared == finding.declared
        };
        self.groups.iter().position(same).unwrap_or_else(|| {
            let group = Group::empty(finding);
            self.groups.push((group, Listing::of(&group)));
            self.groups.len() - 1
        })
    }
}

impl Group {
    fn empty(finding: &Finding) -> Self {
        Self {
            code: finding.code,
            site: finding.site,
            verdict: finding.verdict,
            declared: finding.declared,
            count: 0,
            bytes: 0,
        }
    }
}

impl Failures {
    /// Counts one failure.
    pub fn add(&mut self, failure: &Failure) {
        self.count += 1;
        let place = self
            .codes
            .binary_search_by_key(&failure.code.word(), |known| known.code.word());
        match place {
            Ok(at) => self.codes[at].count += 1,
            Err(at) => {
                let code = failure.code;
                self.codes.insert(at, CodeCount { code, count: 1 });
            }
        }
    }
}
