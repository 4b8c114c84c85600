//! What the tests of the store share: rows with hostile names, a small generator, and the size of a loop.
#![allow(dead_code, reason = "each test file uses its own part")]

use counterpart_evidence::merkle::{MerkleTree, empty_root};
use counterpart_model::{
    Algorithm, Content, Digest, EntryPath, Fact, Grain, How, Kind, Metadata, Observation, Obtained, Owner,
    Row, SiteRole, Standing, Timestamp, line,
};
use counterpart_store::{Header, Manifest, RowChange, RowChanges};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// How often a loop runs: `COUNTERPART_SOAK` times as often for long runs.
pub(crate) fn rounds(usual: u32) -> u32 {
    let factor = std::env::var("COUNTERPART_SOAK")
        .ok()
        .and_then(|text| text.parse().ok());
    usual * factor.unwrap_or(1)
}

/// A small deterministic generator.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }

    pub(crate) fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn digest(&mut self) -> Digest {
        let mut bytes = [0; 32];
        bytes
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()));
        Digest(bytes)
    }

    fn name(&mut self) -> Vec<u8> {
        if self.chance(12) {
            return ending_names()[self.index(ending_names().len())].clone();
        }
        let alphabet: &[u8] = b"ab.-\\ \n\x01\x7f\xff\xc3z";
        let len = 1 + self.index(6);
        let name: Vec<u8> = (0..len).map(|_| alphabet[self.index(alphabet.len())]).collect();
        if name == b"." || name == b".." {
            b"dot".to_vec()
        } else {
            name
        }
    }

    pub(crate) fn path(&mut self) -> EntryPath {
        if self.chance(40) {
            return EntryPath::root();
        }
        if self.chance(4) {
            return EntryPath::trusted(ending_names()[self.index(ending_names().len())].clone());
        }
        let mut path = EntryPath::trusted(self.name());
        while self.chance(2) {
            path.push(&self.name());
        }
        path
    }

    pub(crate) fn row(&mut self, path: EntryPath) -> Row {
        let kinds = [
            Kind::File,
            Kind::File,
            Kind::File,
            Kind::Directory,
            Kind::Symlink,
            Kind::HardLink,
            Kind::Special,
        ];
        let mut fact = Fact::of(kinds[self.index(kinds.len())]);
        if fact.kind == Kind::File {
            fact.size_bytes = self.below(1 << 40);
            if !self.chance(5) {
                fact.content = Content::Digest(self.digest());
            }
            if self.chance(9) {
                fact.standing = Standing::Stub;
            }
        }
        if matches!(fact.kind, Kind::Symlink | Kind::HardLink) {
            fact.target = self.name();
        }
        fact.metadata = self.metadata();
        let seen = self.observation(&fact);
        Row { path, fact, seen }
    }

    fn metadata(&mut self) -> Metadata {
        Metadata {
            mode: (!self.chance(4)).then(|| 0o600 + u32::try_from(self.below(8)).unwrap()),
            mtime: (!self.chance(4)).then(|| self.time()),
            owner: self
                .chance(3)
                .then(|| Owner(format!("user{}:group", self.below(3)).into())),
            xattr: self.chance(6).then(|| self.digest()),
            acl: self.chance(6).then(|| self.digest()),
        }
    }

    fn observation(&mut self, fact: &Fact) -> Observation {
        let hows = [How::Unread, How::Read, How::Written, How::Moved];
        let mtime = fact
            .metadata
            .mtime
            .filter(|_| self.chance(2))
            .unwrap_or_else(|| self.time());
        let how = hows[self.index(4)];
        Observation {
            inode: self.next() >> self.below(60),
            mtime,
            ctime: if self.chance(2) { mtime } else { self.time() },
            obtained: Obtained {
                how,
                at_seconds: 900 + i64::try_from(self.below(200)).unwrap(),
            },
            racy: self.chance(7),
        }
    }

    fn time(&mut self) -> Timestamp {
        let seconds = i64::try_from(self.below(2_000_000_000)).unwrap() - 1000;
        Timestamp::new(seconds, u32::try_from(self.below(1_000_000_000)).unwrap())
    }

    pub(crate) fn rows(&mut self, count: usize) -> BTreeMap<EntryPath, Row> {
        let one = |_| {
            let path = self.path();
            (path.clone(), self.row(path))
        };
        (0..count).map(one).collect()
    }
}

/// Names whose SHA-256 ends in fifteen zero bits, so that small manifests have segments too.
pub(crate) fn ending_names() -> &'static [Vec<u8>] {
    static NAMES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let names = (0_u64..).map(|number| format!("e{number}").into_bytes());
        names.filter(|name| ends_segment(name)).take(6).collect()
    })
}

/// The rule of docs/FORMAT.md in other words: the hash as a number is divisible by 2^15.
pub(crate) fn ends_segment(path: &[u8]) -> bool {
    let hash = Algorithm::Sha256.of(path).0;
    u16::from_be_bytes([hash[30], hash[31]]).is_multiple_of(1 << 15)
}

/// The root by the plain words of docs/FORMAT.md.
pub(crate) fn plain_root(rows: &[Row]) -> Digest {
    let (mut root, mut segment) = (MerkleTree::new(), MerkleTree::new());
    for row in rows.iter().filter(|row| row.fact.standing == Standing::Compared) {
        let mut text = String::new();
        line::push(row.path.as_bytes(), &row.fact, &mut text);
        segment.push(text.as_bytes());
        if ends_segment(row.path.as_bytes()) {
            root.push(&std::mem::take(&mut segment).root().0);
        }
    }
    if segment.leaves() > 0 {
        root.push(&segment.root().0);
    }
    if root.leaves() == 0 {
        empty_root()
    } else {
        root.root()
    }
}

pub(crate) fn header() -> Header {
    Header {
        policy: Digest([7; 32]),
        algorithm: Algorithm::Blake3,
        grain: Grain::NANOSECOND,
        at_seconds: 1_700_000_000,
        pair: "study-035".to_owned(),
        role: SiteRole::Standby,
        extra: serde_json::json!({"mounts": ["a", "b"]}),
    }
}

pub(crate) fn blank_row() -> Row {
    Row {
        path: EntryPath::root(),
        fact: Fact::of(Kind::File),
        seen: Observation::default(),
    }
}

pub(crate) fn write(path: &Path, rows: &[Row], began_seconds: i64) -> counterpart_store::Summary {
    let mut writer = counterpart_store::ManifestWriter::create(path, &header(), began_seconds).unwrap();
    for row in rows {
        writer.push(row).unwrap();
    }
    writer.finish().unwrap()
}

pub(crate) fn read_all(manifest: &Manifest) -> Result<Vec<Row>, counterpart_model::Failure> {
    let (mut rows, mut row, mut all) = (manifest.rows(), blank_row(), Vec::new());
    while rows.next_into(&mut row)? {
        all.push(row.clone());
    }
    Ok(all)
}

/// Changes from a list.
pub(crate) struct Listed(pub(crate) std::vec::IntoIter<RowChange>);

impl RowChanges for Listed {
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, counterpart_model::Failure> {
        let next = self.0.next();
        let found = next.is_some();
        *change = next.unwrap_or_default();
        Ok(found)
    }
}
