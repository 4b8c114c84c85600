//! A real agent, asked what nobody should ask.

use super::agent;
use crate::call::{Ask, Batch, Call, Commit, Fill, Order, Sent, Told};
use crate::connection::{Channel, Connection, Item, encode};
use counterpart_model::{Action, Algorithm, Code, EntryPath, Failure, Policy, SiteRole, Step};
use counterpart_port::{
    Arrived, Attributes, Committed, Export, OpenRequest, Opened, Room, ScanRequest, Version,
};

fn ask(connection: &Connection, call: &Call) -> Channel {
    connection.call(encode(call).unwrap()).unwrap()
}

fn room(connection: &Connection) -> Result<Room, Failure> {
    ask(connection, &Call::Room).message().unwrap()
}

#[test]
fn what_cannot_be_read_is_not_answered_and_harms_nothing() {
    let (connection, served) = agent(SiteRole::Standby);
    for junk in [vec![], vec![0xff; 40], b"GET / HTTP/1.1\r\n\r\n".to_vec()] {
        assert_eq!(connection.call(junk).unwrap().take().unwrap(), None);
    }
    // A path that leads out is no path: the call cannot be read.
    let honest = encode(&Call::Versions(EntryPath::checked(b"aa/b").unwrap())).unwrap();
    for hostile in [&b"../b"[..], b"a//b", b"/a/b", b"aa/.", b"a\0/b"] {
        let at = honest.windows(4).position(|window| window == b"aa/b").unwrap();
        let mut call = honest.clone();
        call[at..at + 4].copy_from_slice(hostile);
        assert_eq!(
            connection.call(call).unwrap().take().unwrap(),
            None,
            "{hostile:?}"
        );
    }
    assert!(room(&connection).is_ok());
    drop(connection);
    served.join().unwrap().unwrap();
}

#[test]
fn production_is_only_ever_read() {
    let (connection, _) = agent(SiteRole::Production);
    for call in [
        Call::Room,
        Call::Adopt,
        Call::Apply,
        Call::Expired(1),
        Call::EndHistory(vec!["pass".to_owned()], 0),
    ] {
        let answer: Result<(), Failure> = ask(&connection, &call).message().unwrap();
        assert_eq!(answer.unwrap_err().doing, "changing production");
    }
    let what = Export::Present(EntryPath::checked(b"file").unwrap());
    let sent: Sent = ask(&connection, &Call::Export(what)).message().unwrap();
    assert!(
        matches!(&sent, Sent::Done(Err(failure)) if failure.doing == "changing production"),
        "{sent:?}"
    );
    let listed: Batch<Version> = ask(&connection, &Call::Versions(EntryPath::root()))
        .message()
        .unwrap();
    assert!(matches!(listed, Batch::End(Err(_))), "{listed:?}");
    let lane = ask(&connection, &Call::Lane);
    assert_eq!(lane.take().unwrap(), None);
}

#[test]
fn the_name_of_a_pass_leads_nowhere() {
    let (connection, _) = agent(SiteRole::Standby);
    let long = "a".repeat(65);
    for pass in ["", "..", "../../etc", "a/b", "a.b", "a\nb", long.as_str()] {
        let request = OpenRequest {
            pair: "p".to_owned(),
            pass: pass.to_owned(),
            policy: Policy::default(),
            read_only: false,
            after: None,
            read_from: None,
        };
        let answer: Result<Opened, Failure> = ask(&connection, &Call::Open(request)).message().unwrap();
        assert!(answer.unwrap_err().why.contains("a name of a pass"), "{pass:?}");
    }
}

#[test]
fn a_caller_that_goes_away_ends_a_scan() {
    let (connection, served) = agent(SiteRole::Standby);
    let request = ScanRequest {
        grain: counterpart_model::Grain::NANOSECOND,
        carry: counterpart_model::Carry::default(),
        policy: Algorithm::Sha256.of(b""),
        settle_seconds: 0,
        moved: false,
        refresh_excluded: false,
    };
    let scan = ask(&connection, &Call::Scan(Box::new(request)));
    drop(connection);
    drop(scan);
    served.join().unwrap().unwrap();
}

#[test]
fn bytes_where_a_question_is_due_end_the_channel_alone() {
    let (connection, _) = agent(SiteRole::Production);
    let content = ask(&connection, &Call::Content(Algorithm::Blake3));
    content.send_bytes(b"what is this").unwrap();
    assert_eq!(content.take().unwrap(), None);
    let content = ask(&connection, &Call::Content(Algorithm::Blake3));
    content
        .send(&Ask::Open(EntryPath::checked(b"file").unwrap()))
        .unwrap();
    let told: Told = content.message().unwrap();
    assert!(told.fact.is_ok() && told.follows);
    assert_eq!(
        content.take().unwrap(),
        Some(Item::Bytes(super::fake::CONTENT.to_vec()))
    );
}

#[test]
fn more_calls_at_once_than_may_be_end_the_connection() {
    let (connection, served) = agent(SiteRole::Production);
    let mut held = Vec::new();
    let refused =
        (0..1000).find_map(
            |_| match connection.call(encode(&Call::Content(Algorithm::Blake3)).unwrap()) {
                Ok(channel) => {
                    held.push(channel);
                    None
                }
                Err(failure) => Some(failure),
            },
        );
    let refused = refused.or_else(|| held.iter().find_map(|channel| channel.take().err()));
    assert_eq!(refused.unwrap().code, Code::SiteLost);
    drop((held, connection));
    served.join().unwrap().unwrap();
}

#[test]
fn a_place_that_two_lanes_want_is_filled_on_one() {
    let (connection, served) = agent(SiteRole::Standby);
    let orders = ask(&connection, &Call::Apply);
    orders.message::<Result<(), Failure>>().unwrap().unwrap();
    let mut lanes = vec![ask(&connection, &Call::Lane), ask(&connection, &Call::Lane)];
    for lane in &lanes {
        let commit = Commit {
            fact: None,
            attributes: Attributes::default(),
            arrived: Arrived::Written,
        };
        lane.send(&Fill::Begin(7)).unwrap();
        lane.send(&Fill::Commit(Box::new(commit))).unwrap();
    }
    // The place is ordered only when one of the two was told that it has none.
    let refused = loop {
        if let Some(at) = lanes.iter().position(Channel::has_news) {
            break at;
        }
        std::thread::yield_now();
    };
    let answer: Result<Committed, Failure> = lanes.remove(refused).message().unwrap();
    assert!(answer.unwrap_err().why.contains("two lanes"));
    let step = Step::of(EntryPath::checked(b"file").unwrap(), Action::Create);
    orders.send(&Order::Places(vec![(7, step)])).unwrap();
    let answer: Result<Committed, Failure> = lanes.remove(0).message().unwrap();
    assert!(answer.is_ok());
    drop((orders, connection));
    served.join().unwrap().unwrap();
}
