//! Trees to measure on: the same at every run, quick to make, and not compressible unless they are slices.
//! They are not clinical; what DICOM files look like matters to the tests, not to the clock.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow};

use super::pixels;

/// How many files a thread takes at a time.
const CHUNK: u64 = 500;

/// The bytes of a file, at a version, into the whole of a buffer.
type Fill = fn(u64, u64, &mut [u8]);

/// What a tree looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many directories.
    pub directories: u64,
    /// How many files in each.
    pub per_directory: u64,
    /// The smallest file, in bytes.
    pub low: u64,
    /// The largest file, in bytes.
    pub high: u64,
}

impl Shape {
    /// How many files.
    pub fn files(&self) -> u64 {
        self.directories * self.per_directory
    }

    fn directory(&self, root: &Path, file: u64) -> PathBuf {
        root.join(format!("d{:05}", file / self.per_directory))
    }

    fn path(&self, root: &Path, file: u64) -> PathBuf {
        self.directory(root, file).join(format!("f{file:08}.dcm"))
    }

    fn size(&self, file: u64) -> u64 {
        self.low + mixed(file) % (self.high - self.low + 1)
    }
}

/// Makes the whole tree at `root`, with one thread for each core.
pub fn grow(root: &Path, shape: Shape) -> Result<()> {
    grow_filled(root, shape, fill_noise)
}

/// A tree of files of one slice each, of which a compressor takes off about half: so many in each directory.
pub fn grow_slices(root: &Path, directories: u64, per_directory: u64) -> Result<()> {
    let shape = Shape {
        directories,
        per_directory,
        low: pixels::SLICE_BYTES,
        high: pixels::SLICE_BYTES,
    };
    grow_filled(root, shape, fill_slice)
}

fn grow_filled(root: &Path, shape: Shape, fill: Fill) -> Result<()> {
    for directory in 0..shape.directories {
        let path = shape.directory(root, directory * shape.per_directory);
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
    }
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism()
        .context("counting cores")?
        .get();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| write_chunks(root, shape, fill, &next)))
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| anyhow!("a thread panicked"))?)
    })
}

fn write_chunks(root: &Path, shape: Shape, fill: Fill, next: &AtomicU64) -> Result<()> {
    loop {
        let first = next.fetch_add(CHUNK, Ordering::Relaxed);
        if first >= shape.files() {
            return Ok(());
        }
        for file in first..shape.files().min(first + CHUNK) {
            write_file(&shape.path(root, file), shape.size(file), |bytes| {
                fill(file, 0, bytes);
            })?;
        }
    }
}

/// Gives `count` files, spread over the tree, other content of the same size; another set at each version.
pub fn rewrite(root: &Path, shape: Shape, count: u64, version: u64) -> Result<()> {
    let step = (shape.files() / count).max(1);
    (0..count).try_for_each(|index| {
        let file = (index * step + version % step) % shape.files();
        write_file(&shape.path(root, file), shape.size(file), |bytes| {
            fill_noise(file, version, bytes);
        })
    })
}

fn write_file(path: &Path, size: u64, fill: impl FnOnce(&mut [u8])) -> Result<()> {
    let mut bytes = vec![0; usize::try_from(size).context("a file larger than memory")?];
    fill(&mut bytes);
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// Nothing shortens it; the same for the same file and version.
pub(super) fn fill_noise(file: u64, version: u64, bytes: &mut [u8]) {
    noise(file, version).fill(bytes);
}

fn fill_slice(file: u64, version: u64, bytes: &mut [u8]) {
    fill_noise(file, version, bytes);
    pixels::paint(file, bytes);
}

/// One large file.
pub(super) fn write_large(path: &Path, bytes: u64) -> Result<()> {
    let mut file = File::create(path).with_context(|| format!("making {}", path.display()))?;
    let mut source = noise(0, 0).take(bytes);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = source.read(&mut buffer).context("making noise")?;
        if read == 0 {
            return Ok(());
        }
        file.write_all(&buffer[..read])
            .with_context(|| format!("writing {}", path.display()))?;
    }
}

/// Bytes that no compressor shortens, the same for the same file and version.
fn noise(file: u64, version: u64) -> blake3::OutputReader {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(b"counterpart bench")
        .update(&file.to_le_bytes())
        .update(&version.to_le_bytes());
    hasher.finalize_xof()
}

/// `SplitMix64`'s finaliser: neighbours come out unrelated.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
