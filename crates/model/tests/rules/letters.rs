//! The eleven letters, as ten years of log readers expect them.

use counterpart_model::itemize::letters;
use counterpart_model::{Action, Content, Digest, EntryPath, Fact, Kind, Owner, Step, Timestamp};

fn fact(kind: Kind) -> Fact {
    let mut fact = Fact::of(kind);
    fact.metadata.mode = Some(0o644);
    fact.metadata.mtime = Some(Timestamp::new(1, 0));
    fact.metadata.owner = Some(Owner("root:users".into()));
    fact
}

fn file(change: impl Fn(&mut Fact)) -> Fact {
    let mut fact = fact(Kind::File);
    fact.size_bytes = 3;
    fact.content = Content::Digest(Digest([1; 32]));
    change(&mut fact);
    fact
}

fn step(action: Action, wanted: Option<Fact>, present: Option<Fact>) -> String {
    let mut step = Step::of(EntryPath::checked(b"x").unwrap(), action);
    step.wanted = wanted;
    step.present = present;
    letters(&step)
}

#[test]
fn new_entries_and_removals() {
    let kinds = [
        Kind::File,
        Kind::Directory,
        Kind::Symlink,
        Kind::HardLink,
        Kind::Special,
    ];
    let created = kinds.map(|kind| step(Action::Create, Some(fact(kind)), None));
    assert_eq!(
        created,
        [
            ">f+++++++++",
            "cd+++++++++",
            "cL+++++++++",
            "hf+++++++++",
            "cS+++++++++"
        ]
    );
    assert_eq!(step(Action::Rename, Some(fact(Kind::File)), None), "cf+++++++++");
    assert_eq!(step(Action::Remove, None, Some(fact(Kind::File))), "*deleting  ");
    assert_eq!(
        step(Action::RemovedWithParent, None, Some(fact(Kind::File))),
        "*deleting  "
    );
    assert_eq!(
        step(
            Action::Replace,
            Some(fact(Kind::Directory)),
            Some(fact(Kind::File))
        ),
        "cd+++++++++"
    );
}

#[test]
fn every_change_has_its_letter() {
    let plain = || file(|_| {});
    let modify = |change: fn(&mut Fact)| step(Action::Modify, Some(file(change)), Some(plain()));
    let touch = |change: fn(&mut Fact)| step(Action::Metadata, Some(file(change)), Some(plain()));
    assert_eq!(
        modify(|fact| fact.content = Content::Digest(Digest([2; 32]))),
        ">fc........"
    );
    assert_eq!(modify(|fact| fact.size_bytes = 4), ">f.s.......");
    assert_eq!(
        modify(|fact| fact.metadata.mtime = Some(Timestamp::new(2, 0))),
        ">f..t......"
    );
    assert_eq!(
        touch(|fact| fact.metadata.mtime = Some(Timestamp::new(2, 0))),
        ".f..t......"
    );
    assert_eq!(touch(|fact| fact.metadata.mode = Some(0o600)), ".f...p.....");
    assert_eq!(
        touch(|fact| fact.metadata.owner = Some(Owner("dicom:users".into()))),
        ".f....o...."
    );
    assert_eq!(
        touch(|fact| fact.metadata.owner = Some(Owner("root:dicom".into()))),
        ".f.....g..."
    );
    assert_eq!(
        touch(|fact| fact.metadata.acl = Some(Digest([3; 32]))),
        ".f.......a."
    );
    assert_eq!(
        touch(|fact| fact.metadata.xattr = Some(Digest([3; 32]))),
        ".f........x"
    );
    let link = |target: &[u8]| Fact {
        target: target.to_vec(),
        ..fact(Kind::Symlink)
    };
    assert_eq!(
        step(Action::Replace, Some(link(b"a")), Some(link(b"b"))),
        "cLc........"
    );
}

#[test]
fn there_are_always_eleven() {
    for action in [
        Action::Create,
        Action::Modify,
        Action::Metadata,
        Action::Replace,
        Action::Rename,
        Action::Remove,
    ] {
        for wanted in [None, Some(fact(Kind::File))] {
            assert_eq!(step(action, wanted, Some(fact(Kind::Directory))).len(), 11);
        }
    }
}
