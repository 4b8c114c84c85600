//! Failures: what was being done to which thing, why it did not work, and what to do next.
//!
//! One type for all crates, so that every message has the same shape and a stable [`Code`].

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The stable code.
    pub code: Code,
    /// What was being done to which thing: `reading pages/0842/0060002`.
    pub doing: String,
    /// Why it did not work, in words.
    pub why: String,
    /// What to do next; may be empty where the code's own remedy says it.
    pub hint: String,
}

macro_rules! codes {
    ($($name:ident $word:literal $meaning:literal $remedy:literal;)*) => {
        /// A stable code of a failure or finding: the same word in messages, JSON, logs and documents.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code's word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What the code means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

codes! {
    Usage "usage" "The command line cannot be understood." "See `counterpart help`.";
    Config "config" "The configuration cannot be used." "Mend the line named, then run `counterpart check`.";
    SourceMissing "source-missing" "Production's root is not there." "Mount it, or mend the path, and run again.";
    SourceEmpty "source-empty" "Production is empty, yet the standby is not." "Check that production is mounted. If it was emptied on purpose, approve it.";
    SourceIdentity "source-identity" "Production is not the tree of the last pass: other filesystem or none of the known entries." "Check what is mounted there. If the archive moved, approve it.";
    MountMissing "mount-missing" "A filesystem beneath production that the last pass crossed is not mounted." "Mount it and run again. If it was retired, approve it.";
    MaxDelete "max-delete" "The plan deletes more than `max_delete` allows." "Look at `counterpart plan`; approve it if it is right.";
    MaxChange "max-change" "The plan rewrites more than `max_change` allows." "Look at `counterpart plan`; approve it if it is right.";
    DeleteEverything "delete-everything" "The plan deletes everything that the standby holds." "Check production. If it is meant, approve it.";
    TargetMissing "target-missing" "The standby's root is not there." "Mount it, or mend the path. The first pass makes the last folder of the path.";
    TargetNotAdopted "target-not-adopted" "The standby's root holds data that Counterpart did not put there." "Name another target, or take it over with --adopt.";
    TargetIdentity "target-identity" "The standby belongs to another pair." "Name the right standby, or take it over with --adopt.";
    RootsOverlap "roots-overlap" "Production and standby overlap." "Name two roots of which neither lies in the other.";
    MagicLost "magic-lost" "Many DICOM files would be replaced by files without the DICM mark." "Suspect ransomware: keep the standby as it is and look at production.";
    ExtensionChanged "extension-changed" "Many files change their extension at once." "Suspect ransomware: keep the standby as it is and look at production.";
    NoSpace "no-space" "The standby has not enough room." "Free or add space there, then run again; nothing is deleted to make room.";
    Unreadable "unreadable" "A file cannot be read." "Give the account the right to read it, exclude it, or accept it as an exception.";
    UnreadableDirectory "unreadable-directory" "A directory cannot be listed; deletes beneath it are withheld." "Give the account the right to list it.";
    Vanished "vanished" "An entry went away while it was observed." "Nothing to do: the next pass sees it.";
    Torn "torn" "A file changed each time it was read." "Set `settle` or a hold, or run when it is quiet.";
    RotProduction "rot-production" "Production's file differs from the last certificate behind unchanged size and times." "`counterpart repair` exports the standby's good copy; production is never written.";
    RotStandby "rot-standby" "The standby's file differs from the last certificate behind unchanged size and times." "`counterpart repair` brings it back from production.";
    RotUnknown "rot-unknown" "The two copies differ behind equal size and times, and no certificate says which is right." "Compare both by hand, then touch the right one at production.";
    Drift "drift" "The standby changed since the last pass; it was put back from production. A content that drifted is kept in history." "Find who writes to the standby.";
    ClockSkew "clock-skew" "The clocks of the two hosts differ by more than two seconds." "Let both hosts follow a time server.";
    AppendOnlyDelete "append-only-delete" "A certified file of an append-only tree is gone at production; the standby keeps it." "Bring it back at production, or take the path out of `append_only`.";
    AppendOnlyChange "append-only-change" "A certified file of an append-only tree was rewritten at production; the standby keeps the certified one." "Look at it; bring the certified one back, or take the path out of `append_only`.";
    NameCollision "name-collision" "Two names would be one at the standby; both are left." "Rename one at production, or use a standby that tells them apart.";
    NameNotHeld "name-not-held" "The standby's filesystem cannot hold the name; it is left." "Rename it at production, or use a standby that can hold it.";
    Stub "stub" "A stub of hierarchical storage: it is not opened and is not a copy." "Allow recall for the pair, or let the storage system replicate it.";
    StubBroken "stub-broken" "A stub does not lead to its content any more." "Ask the storage system for the file; it may be lost.";
    Special "special" "A device, socket or FIFO: declared not compared." "Nothing to do.";
    ExcludedDiffers "excluded-differs" "An excluded entry exists at both sites and differs." "Nothing to do if that is meant.";
    ExcludedBeneath "excluded-beneath" "A directory that production deleted still holds excluded entries at the standby, and is left." "Remove it by hand if it is not wanted.";
    UnreadBeneath "unread-beneath" "An entry is gone at production beneath a directory that could not be listed; its deletion is withheld." "Make the directory readable.";
    OnlyProduction "only-production" "The standby lacks an entry of production." "Run the pair.";
    OnlyStandby "only-standby" "The standby has an entry that production lacks." "Run the pair; the entry then goes to history.";
    Differs "differs" "An entry is not the same at both sites." "Run the pair.";
    NothingCompared "nothing-compared" "There was nothing to compare." "Check the roots: an empty comparison proves nothing.";
    NotRead "not-read" "The content was not read at both sites yet, so nothing is said of it." "Run with --reread.";
    ProbeDiffers "probe-differs" "A probe does not give the same at both sites." "Look at the difference; mask what may differ, or mend the standby's application.";
    ProbeFailed "probe-failed" "A probe could not be compared: it failed, took too long, wrote too much, or is not what its rules need." "`counterpart probe` shows what it wrote; run it by hand at its site.";
    ProbeEmpty "probe-empty" "A probe said nothing that could be compared, at either site." "Look at what it runs; set `may_be_empty` where saying nothing is right.";
    NotClean "not-clean" "A probe says that the application itself is not content." "Look at the application at that site; both sites may be equal and sick.";
    Settling "settling" "A file is younger than `settle` and waits for a later pass." "Nothing to do.";
    NotCarried "not-carried" "A class of metadata that the pair carries is not supported here." "Take it out of `carry`, or mount with support for it.";
    TooDeep "too-deep" "A directory lies deeper than Counterpart walks." "Flatten the tree or exclude the directory.";
    Io "io" "The system reported an error." "See the reason given; check the device's log.";
    SiteLost "site-lost" "A site cannot be reached any more." "Bring it back and run again: the pass resumes.";
    Interrupted "interrupted" "The pass was interrupted." "Run again: it resumes.";
    HookFailed "hook-failed" "A command that the configuration names failed, or ran out of its time." "Run it by hand at its site, then run again.";
    ProductionBusy "production-busy" "Production was not idle, so the pass did not begin." "Run again when it is quiet, or give it longer with `wait`.";
    NotReady "not-ready" "The standby's application did not become ready, or a check of its readiness failed." "Look at its own log at the standby.";
    StillHeld "still-held" "What a pass held or stopped could not be released or started again." "Run `counterpart release` when its site can be reached.";
    NotPermitted "not-permitted" "A confined site does not do that." "Let its administrator name it in the file of the agent's --commands.";
    Locked "locked" "Another pass holds the pair." "Wait for it to end.";
    StateDamaged "state-damaged" "A file of Counterpart's own state is damaged." "Move it aside: the next pass reads the archive again.";
    EvidenceBroken "evidence-broken" "A record of evidence does not hold." "Compare it with the copy kept at the other site or in a mail.";
    Key "key" "The signing key cannot be used." "See the reason given.";
    Timestamp "timestamp" "The answer of a time-stamp authority cannot be taken." "Give the authority the same request again; or make a new one with `counterpart timestamp request`.";
    NotFound "not-found" "There is no such thing." "See the list that the command without a name prints.";
    Approval "approval" "The approval does not cover what the plan would do now." "Look at the plan and approve the hash that it prints.";
    LogNotUnderstood "log-not-understood" "A log of another program is not understood, or not all of it where that was asked for." "Look at the line shown. Without --strict such lines are counted and kept as they are.";
    JournalBehind "journal-behind" "A far site keeps a head that the pair's journal does not have: the journal's end was cut, or an older one was put back." "Bring the pair's journal and certificates back from a copy. Where they are lost, keep what there is as evidence, then move chain-head.json in the far site's state aside.";
    Notice "notice" "A message about a pass could not be sent. It is kept, and tried again at the next pass." "Mend what the reason names; `counterpart notify send` tries at once.";
}

impl Failure {
    /// A failure with the remedy of its code as the hint.
    pub fn new(code: Code, doing: impl Into<String>, why: impl fmt::Display) -> Self {
        Self {
            code,
            doing: doing.into(),
            why: why.to_string(),
            hint: code.remedy().to_owned(),
        }
    }

    /// The same failure with a hint of its own.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.doing, self.why)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
