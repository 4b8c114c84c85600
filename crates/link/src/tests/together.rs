//! Small files that go several together, both ways: between honest ends, and where one end lies about them.

use super::fake::CONTENT;
use super::hostile_agent::{once, path};
use super::{agent, both, caller};
use crate::call::{Ahead, Ask, Call, Fill, FilledFile, Order, TOGETHER_BYTES, Told};
use crate::connection::{Channel, Connection, encode};
use counterpart_model::{Action, Algorithm, Code, Digest, Fact, Failure, Kind, SiteRole, Step};
use counterpart_port::{
    Apply, Attributes, Committed, ContentReader, Piece, Settled, Site, SmallFile, Standby,
};

fn fact(size_bytes: u64) -> Fact {
    Fact {
        size_bytes,
        ..Fact::of(Kind::File)
    }
}

/// Orders that many places and fills them with as many files of a length.
fn fill(apply: &dyn Apply, count: usize, len: usize) -> Vec<Result<Committed, Failure>> {
    let content = vec![7; len];
    let file = |number| {
        let step = Step::of(path(&format!("file-{number}")), Action::Create);
        SmallFile {
            place: apply.place(&step).unwrap(),
            content: &content,
            fact: fact(len as u64),
            attributes: Attributes::default(),
        }
    };
    apply.fill((0..count).map(file).collect())
}

#[test]
fn each_file_has_its_outcome_however_many_frames_they_take() {
    let site = both(SiteRole::Standby);
    let apply = site.apply().unwrap();
    for (count, len) in [(0, 0), (3, 0), (16, 1), (30, 60 << 10), (2, TOGETHER_BYTES)] {
        let outcomes = fill(apply.as_ref(), count, len);
        assert_eq!(
            outcomes,
            vec![Ok(Committed::default()); count],
            "{count} of {len}"
        );
    }
    apply.rest().unwrap();
}

/// What a caller gets that fills three places, where the far end answers so.
fn filled(answer: impl FnOnce(&Channel) + Send + 'static) -> Vec<Result<Committed, Failure>> {
    let site = caller(|connection| {
        let orders = connection.next_call().unwrap().channel;
        orders.send(&Ok::<(), Failure>(())).unwrap();
        let lane = connection.next_call().unwrap().channel;
        let _: Fill = lane.message().unwrap();
        lane.take_together(30).unwrap();
        answer(&lane);
        drop(lane);
        while connection.next_call().is_some() {}
    });
    let apply = site.apply().unwrap();
    fill(apply.as_ref(), 3, 10)
}

#[test]
fn a_far_end_that_answers_for_more_or_fewer_files_is_not_believed() {
    for count in [0, 2, 4] {
        let outcomes = filled(move |lane| {
            lane.send(&vec![Ok::<_, Failure>(Committed::default()); count])
                .unwrap();
        });
        assert_eq!(outcomes.len(), 3);
        for outcome in outcomes {
            assert_eq!(outcome.unwrap_err().code, Code::SiteLost, "{count} answers");
        }
    }
    for outcome in filled(|_| {}) {
        assert_eq!(outcome.unwrap_err().code, Code::SiteLost);
    }
}

fn ask(connection: &Connection, call: &Call) -> Channel {
    connection.call(encode(call).unwrap()).unwrap()
}

#[test]
fn contents_of_another_length_than_was_said_end_the_lane() {
    let file = |len_bytes| FilledFile {
        number: 1,
        len_bytes,
        fact: fact(u64::from(len_bytes)),
        attributes: Attributes::default(),
    };
    for (said, sent) in [(10, 9), (10, 11), (u32::MAX, 10), (1 + (256 << 10), 10)] {
        let (connection, served) = agent(SiteRole::Standby);
        let orders = ask(&connection, &Call::Apply);
        orders.message::<Result<(), Failure>>().unwrap().unwrap();
        let step = Step::of(path("file"), Action::Create);
        orders.send(&Order::Places(vec![(1, step)])).unwrap();
        let lane = ask(&connection, &Call::Lane);
        lane.send(&Fill::Files(vec![file(said)])).unwrap();
        lane.send_bytes(&vec![7; sent]).unwrap();
        let answer = lane.message::<Vec<Result<Committed, Failure>>>();
        assert_eq!(
            answer.unwrap_err().code,
            Code::SiteLost,
            "{said} said, {sent} sent"
        );
        orders.send(&Order::Rest).unwrap();
        drop((orders, lane, connection));
        served.join().unwrap().unwrap();
    }
}

/// Reads the open file to its end.
fn rest(reader: &mut dyn ContentReader) -> Result<(Vec<u8>, Settled), Failure> {
    let (mut content, mut buffer) = (Vec::new(), [0; 4]);
    loop {
        match reader.read(&mut buffer)? {
            Piece::Data(len) => content.extend_from_slice(&buffer[..len]),
            Piece::End => break,
            other => panic!("{other:?}"),
        }
    }
    let settled = reader.finish(Algorithm::Blake3.of(&content))?;
    Ok((content, settled))
}

#[test]
fn announced_files_can_be_opened_in_any_order_or_not_at_all() {
    let site = both(SiteRole::Production);
    let mut reader = site.content().unwrap();
    let announced = ["a", "b", "c", "d"].map(path);
    for opened in [
        ["a", "b", "c", "d"],
        ["b", "d", "a", "x"],
        ["d", "c", "x", "a"],
        ["x", "y", "z", "a"],
    ] {
        reader.announce(&mut announced.iter(), false).unwrap();
        for name in opened {
            let fact = reader.open(&path(name)).unwrap();
            assert_eq!(fact.size_bytes, CONTENT.len() as u64);
            let (content, settled) = rest(reader.as_mut()).unwrap();
            assert_eq!((content.as_slice(), settled), (CONTENT, Settled::Yes), "{name}");
        }
    }
    reader.announce(&mut announced.iter(), false).unwrap();
    reader.announce(&mut announced.iter().take(1), true).unwrap();
    // Its attributes cannot be had, so it is opened in the usual way.
    reader.open(&path("a")).unwrap();
    assert_eq!(reader.attributes(&path("a")).unwrap_err().code, Code::NotFound);
}

/// What a caller gets of an announced file, where the far end sends so many of them, with this content.
fn announced(files: usize, len_bytes: u32, content: &'static [u8]) -> Result<(Vec<u8>, Settled), Failure> {
    let site = caller(once(move |channel| {
        let _: Ask = channel.message().unwrap();
        let ahead = |_| {
            Some(Ahead {
                fact: fact(3),
                len_bytes,
                settled: Settled::Yes,
                digest: Algorithm::Blake3.of(b"abc"),
                attributes: None,
            })
        };
        let files: Vec<Option<Ahead>> = (0..files).map(ahead).collect();
        channel.send(&files).unwrap();
        channel.send_bytes(content).unwrap();
    }));
    let mut reader = site.content()?;
    reader.announce(&mut std::iter::once(&path("file")), false)?;
    reader.open(&path("file"))?;
    rest(reader.as_mut())
}

#[test]
fn an_announced_file_that_is_not_what_was_said_is_refused() {
    assert_eq!(announced(1, 3, b"abc"), Ok((b"abc".to_vec(), Settled::Yes)));
    let lies: [(usize, u32, &[u8]); 6] = [
        (1, 3, b"abx"),
        (1, 2, b"ab"),
        (1, 3, b"ab"),
        (1, u32::MAX, b"abc"),
        (0, 3, b"abc"),
        (2, 3, b"abcabc"),
    ];
    for (files, len_bytes, content) in lies {
        let failure = announced(files, len_bytes, content).unwrap_err();
        assert_eq!(
            failure.code,
            Code::SiteLost,
            "{files} of {len_bytes}: {content:?}"
        );
    }
}

#[test]
fn announced_files_may_come_in_several_lists() {
    let site = caller(once(|channel| {
        let _: Ask = channel.message().unwrap();
        for content in [&b"one"[..], b"", b"three"] {
            let ahead = Ahead {
                fact: fact(content.len() as u64),
                len_bytes: u32::try_from(content.len()).unwrap(),
                settled: Settled::Yes,
                digest: Algorithm::Blake3.of(content),
                attributes: None,
            };
            channel.send(&vec![None, Some(ahead)]).unwrap();
            channel.send_bytes(content).unwrap();
        }
        // What was left out is asked for by itself.
        let _: Ask = channel.message().unwrap();
        let gone = Failure::new(Code::Vanished, "reading d", "it is gone");
        let told = Told {
            fact: Err(gone),
            follows: false,
        };
        channel.send(&told).unwrap();
    }));
    let mut reader = site.content().unwrap();
    let paths = ["a", "b", "c", "d", "e", "f"].map(path);
    reader.announce(&mut paths.iter(), false).unwrap();
    for (name, content) in [("b", "one"), ("f", "three")] {
        reader.open(&path(name)).unwrap();
        assert_eq!(rest(reader.as_mut()).unwrap().0, content.as_bytes(), "{name}");
    }
    assert_eq!(reader.open(&path("d")).unwrap_err().code, Code::Vanished);
}

#[test]
fn what_came_ahead_is_digested_at_both_ends() {
    let site = both(SiteRole::Production);
    let mut reader = site.content().unwrap();
    reader.announce(&mut std::iter::once(&path("a")), false).unwrap();
    reader.open(&path("a")).unwrap();
    let mut buffer = [0; 64];
    while reader.read(&mut buffer).unwrap() != Piece::End {}
    let failure = reader.finish(Digest([0; 32])).unwrap_err();
    assert_eq!(failure.code, Code::SiteLost);
}
