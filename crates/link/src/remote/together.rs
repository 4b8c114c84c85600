//! Small files on one lane: as many to a frame as fit in, and one answer for all of them.

use crate::call::{Fill, FilledFile, TOGETHER_BYTES};
use crate::connection::{Channel, unexpected};
use counterpart_model::{Code, Failure};
use counterpart_port::{Committed, SmallFile};

/// What became of a small file.
pub(super) type Outcome = Result<Committed, Failure>;

/// Sends small files in as few frames as they fit in; gives how many went together each time.
pub(super) fn send_together(lane: &Channel, files: Vec<SmallFile<'_>>) -> Result<Vec<usize>, Failure> {
    let mut counts = Vec::new();
    let (mut heads, mut contents) = (Vec::new(), Vec::new());
    for mut file in files {
        if contents.len() + file.content.len() > TOGETHER_BYTES {
            counts.push(send_group(lane, &mut heads, &mut contents)?);
        }
        contents.reserve_exact(TOGETHER_BYTES - contents.len());
        contents.extend_from_slice(file.content);
        heads.push(FilledFile {
            number: file.place.give_up_for_number().ok_or_else(not_of_here)?,
            len_bytes: u32::try_from(file.content.len()).map_err(|_| not_of_here())?,
            fact: file.fact,
            attributes: file.attributes,
        });
    }
    counts.push(send_group(lane, &mut heads, &mut contents)?);
    Ok(counts)
}

fn send_group(lane: &Channel, heads: &mut Vec<FilledFile>, contents: &mut Vec<u8>) -> Result<usize, Failure> {
    let heads = std::mem::take(heads);
    let count = heads.len();
    lane.send(&Fill::Files(heads))?;
    lane.send_together(std::mem::take(contents))?;
    Ok(count)
}

/// One outcome for each file that was sent.
pub(super) fn take_outcomes(lane: &Channel, counts: &[usize]) -> Result<Vec<Outcome>, Failure> {
    let mut all = Vec::new();
    for count in counts {
        let outcomes: Vec<Outcome> = lane.message()?;
        if outcomes.len() != *count {
            return Err(unexpected("another number of outcomes than of files"));
        }
        all.extend(outcomes);
    }
    Ok(all)
}

fn not_of_here() -> Failure {
    Failure::new(
        Code::Io,
        "filling a place of the far end",
        "it is not one of there",
    )
}
