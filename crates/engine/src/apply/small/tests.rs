//! What is held of a file, whatever its reader gives. How held files are handed over is tested by whole passes.

use super::{HELD_BYTES, Held, SMALL_BYTES};
use counterpart_model::{Digest, EntryPath, Fact, Failure, Kind, Step};
use counterpart_port::{Attributes, ContentReader, Piece, Settled};
use std::collections::VecDeque;

/// Gives these pieces; bytes are sevens.
struct Pieces(VecDeque<Piece>);

impl ContentReader for Pieces {
    fn open(&mut self, _: &EntryPath) -> Result<Fact, Failure> {
        Ok(Fact::of(Kind::File))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        match self.0.pop_front() {
            Some(Piece::Data(len)) if len > buffer.len() => {
                buffer.fill(7);
                self.0.push_front(Piece::Data(len - buffer.len()));
                Ok(Piece::Data(buffer.len()))
            }
            Some(Piece::Data(len)) => {
                buffer[..len].fill(7);
                Ok(Piece::Data(len))
            }
            Some(piece) => Ok(piece),
            None => Ok(Piece::End),
        }
    }

    fn finish(&mut self, _: Digest) -> Result<Settled, Failure> {
        Ok(Settled::Yes)
    }

    fn recall(&mut self, _: Digest, _: i64) -> Result<Settled, Failure> {
        Ok(Settled::Yes)
    }

    fn attributes(&mut self, _: &EntryPath) -> Result<Attributes, Failure> {
        Ok(Attributes::default())
    }
}

/// How many bytes are held of a file that was said to be so long.
fn held(said_bytes: u64, pieces: &[Piece]) -> Option<usize> {
    let mut reader = Pieces(pieces.iter().copied().collect());
    let mut held = Held::new();
    let range = held.bring(&mut reader, said_bytes).unwrap()?;
    assert!(held.content[range.clone()].iter().all(|byte| *byte == 7));
    Some(range.len())
}

#[test]
fn a_file_is_held_whole_however_it_comes() {
    let small = usize::try_from(SMALL_BYTES).unwrap();
    assert_eq!(held(0, &[]), Some(0));
    assert_eq!(held(1, &[Piece::Data(1)]), Some(1));
    assert_eq!(
        held(10, &[Piece::Data(3), Piece::Data(0), Piece::Data(7)]),
        Some(10)
    );
    assert_eq!(held(SMALL_BYTES, &[Piece::Data(small)]), Some(small));
}

#[test]
fn a_file_of_another_length_or_with_a_hole_is_not_held() {
    assert_eq!(held(10, &[Piece::Data(9)]), None);
    assert_eq!(held(10, &[Piece::Data(11)]), None);
    assert_eq!(held(10, &[Piece::Data(5), Piece::Data(50)]), None);
    assert_eq!(held(0, &[Piece::Data(1)]), None);
    assert_eq!(held(1, &[Piece::Data(2), Piece::Data(9)]), None);
    assert_eq!(held(10, &[Piece::Data(5), Piece::Hole(5)]), None);
    assert_eq!(held(10, &[Piece::Digested(10)]), None);
    assert_eq!(held(HELD_BYTES as u64, &[Piece::Data(HELD_BYTES)]), None);
    assert_eq!(held(u64::MAX, &[Piece::Data(1)]), None);
}

#[test]
fn there_is_room_for_a_small_file_unless_it_is_full() {
    let mut held = Held::new();
    let small = usize::try_from(SMALL_BYTES).unwrap();
    while !held.is_full() {
        let begin = held.end();
        let mut reader = Pieces([Piece::Data(small)].into());
        let range = held.bring(&mut reader, SMALL_BYTES).unwrap().unwrap();
        assert_eq!(range, begin..begin + small);
        let brought = super::Brought {
            range,
            fact: Fact::of(Kind::File),
            attributes: Attributes::default(),
        };
        let step = Step::of(EntryPath::root(), counterpart_model::Action::Create);
        held.keep(step, Box::new(Nowhere), brought);
    }
    assert_eq!(held.files.len(), 3);
    held.let_go();
    assert_eq!((held.end(), held.is_full()), (0, false));
}

/// A place that is never filled.
struct Nowhere;

impl counterpart_port::Place for Nowhere {
    fn arrived_before(&self) -> Option<Digest> {
        None
    }

    fn write(&mut self, _: &[u8]) -> Result<(), Failure> {
        unreachable!("nothing is handed over")
    }

    fn hole(&mut self, _: u64) -> Result<(), Failure> {
        unreachable!("nothing is handed over")
    }

    fn commit(
        &mut self,
        _: Option<&Fact>,
        _: &Attributes,
        _: counterpart_port::Arrived,
    ) -> Result<counterpart_port::Committed, Failure> {
        unreachable!("nothing is handed over")
    }
}
