//! Frames: what is written is read, and what is broken is refused before it costs anything.

use super::{Frame, HEADER_BYTES, Kind, MAX_PAYLOAD_BYTES};
use proptest::prelude::*;
use std::io::Cursor;

fn wire(frame: &Frame, compress: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.clone().pack(compress).write(&mut bytes).unwrap();
    bytes
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let payload = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..2000),
        (any::<u8>(), 0..100_000_usize).prop_map(|(byte, len)| vec![byte; len]),
    ];
    (any::<u32>(), 0..6_usize, payload).prop_map(|(channel, kind, payload)| Frame {
        channel,
        kind: Kind::ALL[kind],
        payload,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(frames in proptest::collection::vec((any_frame(), any::<bool>()), 0..8)) {
        let mut bytes = Vec::new();
        for (frame, compress) in &frames {
            bytes.extend(wire(frame, *compress));
        }
        let mut input = Cursor::new(bytes);
        for (frame, _) in frames {
            prop_assert_eq!(Frame::read(&mut input).unwrap(), Some(frame));
        }
        prop_assert_eq!(Frame::read(&mut input).unwrap(), None);
    }

    #[test]
    fn a_stream_that_ends_within_a_frame_is_broken(frame in any_frame(), cut in any::<prop::sample::Index>()) {
        let bytes = wire(&frame, true);
        let cut = 1 + cut.index(bytes.len() - 1);
        prop_assert!(Frame::read(&mut Cursor::new(&bytes[..cut])).is_err());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut input = Cursor::new(bytes);
        while let Ok(Some(frame)) = Frame::read(&mut input) {
            prop_assert!(frame.payload.len() <= MAX_PAYLOAD_BYTES);
        }
    }

    #[test]
    fn a_damaged_frame_never_becomes_longer_than_it_may(frame in any_frame(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = wire(&frame, true);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(Some(read)) = Frame::read(&mut Cursor::new(bytes)) {
            prop_assert!(read.payload.len() <= MAX_PAYLOAD_BYTES);
        }
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_anything_is_read() {
    let mut bytes = vec![0; HEADER_BYTES];
    bytes[8..].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = Frame::read(&mut Cursor::new(bytes)).unwrap_err();
    assert!(error.to_string().contains("longer"), "{error}");
}

#[test]
fn a_bomb_is_refused_by_the_length_that_it_says() {
    let zeros = vec![0; 64 << 20];
    let mut body = u32::try_from(zeros.len()).unwrap().to_le_bytes().to_vec();
    body.extend(zstd::bulk::compress(&zeros, 19).unwrap());
    for said in [zeros.len(), 1000] {
        body[..4].copy_from_slice(&u32::try_from(said).unwrap().to_le_bytes());
        let mut bytes = vec![1, 0, 0, 0, Kind::Message as u8, 1, 0, 0];
        bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        bytes.extend(&body);
        assert!(Frame::read(&mut Cursor::new(bytes)).is_err());
    }
}

#[test]
fn what_does_not_compress_is_sent_as_it_is() {
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(100_000)
    .collect();
    let frame = |payload: Vec<u8>| Frame {
        channel: 7,
        kind: Kind::Bytes,
        payload,
    };
    assert_eq!(
        wire(&frame(noise.clone()), true).len(),
        HEADER_BYTES + noise.len()
    );
    assert!(wire(&frame(vec![5; 100_000]), true).len() < 1000);
}
