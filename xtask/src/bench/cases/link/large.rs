//! One large file that has a copy of its own for each contender, and what happens to it.
//! Where a change leaves bytes as they were, only the rest needs to travel.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::bench::cases::{PAST, room};
use crate::bench::data;
use crate::bench::disk::Disk;
use crate::bench::peers::{Contender, Lane};
use crate::bench::race::measure;

const LARGE_BYTES: u64 = 1 << 30;
const OVERWRITTEN_BYTES: usize = 4 << 10;
const MORE_BYTES: u64 = 1 << 20;

/// The file and its copies.
pub(super) struct Large {
    /// How long it was at first, in bytes.
    pub(super) bytes: u64,
    /// A lane for each contender, in their order.
    pub(super) lanes: Vec<Lane>,
    source: Disk,
    more_bytes: u64,
    // Last, so that it is unmounted when nothing looks at it any more.
    _standby: Disk,
}

impl Large {
    /// Makes it, and lets each contender make its first copy.
    pub(super) fn prepare(bench: &Bench<'_>, contenders: &[Contender]) -> Result<Self> {
        let source = Disk::fresh(&bench.folder, "production", room(3))?;
        let standby = Disk::fresh(&bench.folder, "standby", room(10))?;
        let lanes: Result<Vec<_>> = (0..contenders.len())
            .map(|index| Lane::between(&source, &standby, index))
            .collect();
        let large = Self {
            bytes: bench.scaled(LARGE_BYTES),
            lanes: lanes?,
            source,
            more_bytes: bench.scaled(MORE_BYTES),
            _standby: standby,
        };
        fs::create_dir(large.source.path("archive"))?;
        data::write_large(&large.path(), large.bytes)?;
        large.settle()?;
        for (contender, lane) in contenders.iter().zip(&large.lanes) {
            measure((contender.commands)(lane))?;
        }
        Ok(large)
    }

    fn path(&self) -> PathBuf {
        self.source.path("archive").join("large.bin")
    }

    /// The change is written out, and past: its time is not that of the scan.
    fn settle(&self) -> Result<()> {
        self.source.settle()?;
        std::thread::sleep(PAST);
        Ok(())
    }

    /// Other bytes in the middle.
    pub(super) fn overwrite(&self) -> Result<String> {
        let mut bytes = [0; OVERWRITTEN_BYTES];
        data::fill_noise(1, 1, &mut bytes);
        let file = File::options().write(true).open(self.path())?;
        file.write_all_at(&bytes, self.bytes / 2)
            .context("overwriting the large file")?;
        self.settle()?;
        Ok(format!("{OVERWRITTEN_BYTES} bytes overwritten in the middle"))
    }

    /// Bytes at the front, and all others behind them: a new file in its place.
    pub(super) fn insert(&self) -> Result<String> {
        let new = self.source.path("new");
        let mut file = File::create(&new)?;
        file.write_all(&self.more(2)?)?;
        io::copy(&mut File::open(self.path())?, &mut file).context("copying the large file")?;
        fs::rename(&new, self.path())?;
        self.settle()?;
        Ok(format!("{} bytes inserted at the front", self.more_bytes))
    }

    /// Bytes at the end.
    pub(super) fn append(&self) -> Result<String> {
        let mut file = File::options().append(true).open(self.path())?;
        file.write_all(&self.more(3)?)?;
        self.settle()?;
        Ok(format!("{} bytes appended", self.more_bytes))
    }

    fn more(&self, version: u64) -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(self.more_bytes)?];
        data::fill_noise(1, version, &mut bytes);
        Ok(bytes)
    }
}
