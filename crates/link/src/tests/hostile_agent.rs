//! A real caller, answered with lies.

use super::caller;
use crate::call::{Batch, Call, Part, Told};
use crate::connection::{Channel, Connection, decode};
use counterpart_model::{Algorithm, Code, Digest, EntryPath, Fact, Failure, Kind};
use counterpart_port::{Extent, Observed, Piece, Settled, Site};

pub(super) fn path(text: &str) -> EntryPath {
    EntryPath::checked(text.as_bytes()).unwrap()
}

/// Answers the first call, and keeps the connection until the caller ends it.
pub(super) fn once(
    answer: impl FnOnce(&Channel) + Send + 'static,
) -> impl FnOnce(Connection) + Send + 'static {
    move |connection| {
        {
            let call = connection.next_call().unwrap();
            answer(&call.channel);
        }
        while connection.next_call().is_some() {}
    }
}

fn observed(names: &[&str]) -> Batch<Observed> {
    let item = |name: &&str| Observed {
        path: path(name),
        ..Observed::default()
    };
    Batch::Items(names.iter().map(item).collect())
}

#[test]
fn paths_out_of_order_or_twice_are_refused() {
    for names in [["b", "a"], ["a", "a"], ["a/b", "a"]] {
        let site = caller(once(move |channel| {
            channel.send(&observed(&names)).unwrap();
            channel.send(&Batch::<Observed>::End(Ok(()))).unwrap();
        }));
        let mut stream = site.observed(Extent::Everything).unwrap();
        let mut item = Observed::default();
        assert!(stream.next_into(&mut item).unwrap());
        assert_eq!(
            stream.next_into(&mut item).unwrap_err().code,
            Code::SiteLost,
            "{names:?}"
        );
    }
}

#[test]
fn a_stream_without_its_end_is_no_shorter_stream() {
    let site = caller(once(|channel| channel.send(&observed(&["a"])).unwrap()));
    let mut stream = site.observed(Extent::Changes).unwrap();
    let mut item = Observed::default();
    assert!(stream.next_into(&mut item).unwrap());
    drop(site.same_tree());
    assert!(stream.next_into(&mut item).is_err());
}

/// Opens a file of which the far end says so much, and reads it to its end.
fn read(parts: impl FnOnce(&Channel) + Send + 'static) -> Result<Settled, Failure> {
    let site = caller(once(move |channel| {
        let _: crate::call::Ask = channel.message().unwrap();
        let mut fact = Fact::of(Kind::File);
        fact.size_bytes = 3;
        let told = Told {
            fact: Ok(fact),
            follows: true,
        };
        channel.send(&told).unwrap();
        parts(channel);
    }));
    let mut reader = site.content()?;
    reader.open(&path("file"))?;
    let mut hasher = Algorithm::Blake3.hasher();
    let mut buffer = [0; 64];
    loop {
        match reader.read(&mut buffer)? {
            Piece::Data(len) => hasher.update(&buffer[..len]),
            Piece::Hole(len) => hasher.update_zeros(len),
            Piece::Digested(_) | Piece::End => return reader.finish(hasher.finish()),
        }
    }
}

fn end(content: &[u8]) -> Part {
    Part::End(Ok((Settled::Yes, Algorithm::Blake3.of(content))))
}

#[test]
fn content_that_is_not_what_was_digested_there_is_refused() {
    let honest = read(|channel| {
        channel.send_bytes(b"abc").unwrap();
        channel.send(&end(b"abc")).unwrap();
    });
    assert_eq!(honest, Ok(Settled::Yes));
    let changed = read(|channel| {
        channel.send_bytes(b"abx").unwrap();
        channel.send(&end(b"abc")).unwrap();
    });
    assert_eq!(changed.unwrap_err().code, Code::SiteLost);
    let cut = read(|channel| {
        channel.send_bytes(b"ab").unwrap();
        channel.send(&end(b"abc")).unwrap();
    });
    assert_eq!(cut.unwrap_err().code, Code::SiteLost);
    let none = read(|channel| {
        channel
            .send(&Part::End(Ok((Settled::Yes, Digest([0; 32])))))
            .unwrap();
    });
    assert_eq!(none.unwrap_err().code, Code::SiteLost);
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    let site = caller(once(|channel| channel.send(&"what").unwrap()));
    assert_eq!(site.same_tree().unwrap_err().code, Code::SiteLost);
    let site = caller(once(|channel| channel.send_bytes(b"what").unwrap()));
    assert_eq!(site.close().unwrap_err().code, Code::SiteLost);
}

#[test]
fn an_agent_that_goes_away_ends_every_question() {
    let site = caller(|connection| {
        let call = connection.next_call().unwrap();
        let request: Call = decode(&call.request).unwrap();
        assert!(matches!(request, Call::SameTree));
    });
    assert_eq!(site.same_tree().unwrap_err().code, Code::SiteLost);
    assert_eq!(site.close().unwrap_err().code, Code::SiteLost);
    site.abandon();
}
