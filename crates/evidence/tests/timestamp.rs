//! Requests and answers of time-stamps over bytes alone; whole answers are tried with `openssl ts` end to end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use counterpart_evidence::timestamp::{Request, Stamp};
use counterpart_model::{Code, Digest};
use proptest::prelude::*;

#[test]
fn a_request_is_read_as_it_was_written_and_in_no_other_way() {
    let request = Request::new(Digest([7; 32])).unwrap();
    let der = request.to_der().unwrap();
    assert_eq!(Request::read(&der).unwrap(), request);
    assert_ne!(Request::new(Digest([7; 32])).unwrap().nonce, request.nonce);
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 1;
        // What can be read is another request, never the same in another spelling.
        if let Ok(read) = Request::read(&changed) {
            assert_ne!(read, request, "byte {at}");
        }
        assert!(Request::read(&der[..at]).is_err());
    }
    assert!(Request::read(&[&der[..], b"\0"].concat()).is_err());
}

#[test]
fn a_request_is_no_answer() {
    let der = Request::new(Digest([7; 32])).unwrap().to_der().unwrap();
    assert_eq!(Stamp::read(&der).unwrap_err().code, Code::Timestamp);
}

#[test]
fn a_refusal_is_told_with_its_number_and_its_words() {
    // SEQUENCE { SEQUENCE { INTEGER 2, SEQUENCE { UTF8String "no" } } }
    let der = [&[0x30, 11, 0x30, 9, 0x02, 1, 2, 0x30, 4, 0x0c, 2][..], b"no"].concat();
    let failure = Stamp::read(&der).unwrap_err();
    assert!(
        failure.why.ends_with("the authority refused (status 02): no"),
        "{failure}"
    );
    let failure = Stamp::read(&[0x30, 5, 0x30, 3, 0x02, 1, 0]).unwrap_err();
    assert!(failure.why.contains("no time-stamp in it"), "{failure}");
}

proptest! {
    #[test]
    fn whatever_is_read_is_refused_or_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Stamp::read(&bytes).is_err());
        prop_assert!(Request::read(&bytes).is_err());
    }
}
