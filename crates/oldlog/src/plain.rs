//! A log as it was before somebody packed it, which its first bytes tell, not its name.

use std::io::{self, BufRead, BufReader, Read};

/// How a log was packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// Not at all.
    None,
    /// By gzip (RFC 1952), also in several parts.
    Gzip,
    /// By zstd (RFC 8878).
    Zstd,
    /// By xz.
    Xz,
}

impl Packing {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }

    fn of(head: &[u8]) -> Self {
        let packings: [(&[u8], Self); 3] = [
            (b"\x1f\x8b", Self::Gzip),
            (b"\x28\xb5\x2f\xfd", Self::Zstd),
            (b"\xfd7zXZ\x00", Self::Xz),
        ];
        let found = packings.iter().find(|(magic, _)| head.starts_with(magic));
        found.map_or(Self::None, |(_, packing)| *packing)
    }
}

/// Unpacks what comes from a reader, and says how it was packed.
///
/// # Errors
/// The reader's.
pub fn plain<'a>(reader: impl Read + 'a) -> io::Result<(Box<dyn BufRead + 'a>, Packing)> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let packing = Packing::of(reader.fill_buf()?);
    Ok((unpacked(reader, packing)?, packing))
}

fn unpacked<'a>(reader: BufReader<impl Read + 'a>, packing: Packing) -> io::Result<Box<dyn BufRead + 'a>> {
    Ok(match packing {
        Packing::None => Box::new(reader),
        Packing::Gzip => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(reader))),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            decoder.window_log_max(WINDOW_LOG_MAX)?;
            Box::new(BufReader::new(decoder))
        }
        Packing::Xz => Box::new(BufReader::new(lzma_rust2::XzReader::new(reader, true))),
    })
}

/// A packer may ask for a window of so much at the most: 128 MiB, as the `zstd` program allows.
const WINDOW_LOG_MAX: u32 = 27;
