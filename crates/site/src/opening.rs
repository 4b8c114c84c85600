//! Opening a site for a pass: its root, the pair's lock, its last manifest, and what an interrupted pass left.

use crate::learned::Learned;
use crate::locks;
use crate::recovery::{self, Leftovers};
use crate::scan::Scanned;
use crate::site::LocalSiteOptions;
use counterpart_model::{Code, Failure, Obtained, SiteRole, Timestamp, policy};
use counterpart_port::{Base, Capabilities, Mount, OpenRequest, Opened, Profile};
use counterpart_store::{Lock, Manifest, files};
use counterpart_tree::identity::Identity;
use counterpart_tree::{OwnerNames, Root, filesystem, identity, probe};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Everything that a site holds while a pass is open.
pub(crate) struct OpenPass {
    pub(crate) root: Root,
    pub(crate) request: OpenRequest,
    pub(crate) role: SiteRole,
    pub(crate) state: PathBuf,
    pub(crate) spool_dir: PathBuf,
    pub(crate) began_seconds: i64,
    pub(crate) base: Option<Manifest>,
    pub(crate) capabilities: Capabilities,
    pub(crate) owners: OwnerNames,
    pub(crate) filesystem: Mount,
    pub(crate) scanned: RwLock<Option<Arc<Scanned>>>,
    pub(crate) learned: Arc<Learned>,
    pub(crate) leftovers: Mutex<Option<Leftovers>>,
    /// The pair that the root said it was given to when the pass was opened.
    pub(crate) given_to: Option<String>,
    /// The lock of the root itself; one that holds data of others has none until it is adopted.
    pub(crate) root_lock: Mutex<Option<Lock>>,
    _lock: Option<Lock>,
}

/// Which manifest is the site's own; replaced whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Current {
    /// Name of the manifest's file.
    pub(crate) manifest: String,
    /// When the first of the passes began that were interrupted since the last one that came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interrupted_since_seconds: Option<i64>,
}

pub(crate) fn open(options: &LocalSiteOptions, request: &OpenRequest) -> Result<(OpenPass, Opened), Failure> {
    let spool_dir = options.state.join("spool");
    files::make_dir(&options.state)?;
    files::make_dir(&spool_dir)?;
    let lock = locks::of_pair(options, &request.pass)?;
    let live = open_root(options, request)?;
    let root_lock = locks::of_root(options, request, &live)?;
    // Also where the tree may not change: what a plan or a verification says would count as missing what is there.
    let recovered = if options.role == SiteRole::Standby {
        recovery::recover(
            options,
            request.policy.algorithm,
            &live,
            &spool_dir,
            now().seconds,
        )?
    } else {
        recovery::Recovered::default()
    };
    let began_seconds = begin_after(recovered.since_seconds);
    let base = current_manifest(&options.state)?;
    let identity = match options.role {
        SiteRole::Production => None,
        SiteRole::Standby => identity::read(&live)?,
    };
    let adopted = is_adopted(options, &live, identity.as_ref(), base.as_ref())?;
    let capabilities = capabilities(options, request, &live, adopted)?;
    // Of the live root, also where a snapshot is read: that is on another filesystem each time.
    let filesystem = root_mount(&live)?;
    let root = snapshot(options, request)?.unwrap_or(live);
    let given_to = identity.map(|found| found.pair);
    let opened = Opened {
        profile: profile(options, &filesystem, &capabilities),
        base: base.as_ref().map(base_of),
        adopted,
        given_to: given_to.clone().filter(|pair| *pair != options.pair),
        recovered: recovered.changes,
        recovered_since_seconds: recovered.since_seconds,
    };
    let pass = OpenPass {
        owners: OwnerNames::new(request.policy.owner_by),
        root,
        request: request.clone(),
        role: options.role,
        state: options.state.clone(),
        learned: Arc::new(Learned::new(&spool_dir)),
        spool_dir,
        began_seconds,
        base,
        capabilities,
        filesystem,
        scanned: RwLock::default(),
        leftovers: Mutex::new(recovered.leftovers),
        given_to,
        root_lock: Mutex::new(root_lock),
        _lock: lock,
    };
    Ok((pass, opened))
}

/// The tree that is read in place of production's root.
fn snapshot(options: &LocalSiteOptions, request: &OpenRequest) -> Result<Option<Root>, Failure> {
    let from = request
        .read_from
        .as_deref()
        .filter(|_| options.role == SiteRole::Production);
    let Some(path) = from.map(|path| Path::new(OsStr::from_bytes(path))) else {
        return Ok(None);
    };
    if options.plain_root {
        Root::open_through_no_link(path).map(Some)
    } else {
        Root::open(path).map(Some)
    }
}

/// The first pass makes the standby's root. Later, a root that is not there is one that is not mounted.
fn open_root(options: &LocalSiteOptions, request: &OpenRequest) -> Result<Root, Failure> {
    let opened = options.open_root();
    if options.role == SiteRole::Production {
        return opened;
    }
    match opened {
        Err(failure) if failure.code == Code::SourceMissing => {
            if request.read_only || current_manifest(&options.state)?.is_some() {
                return Err(Failure {
                    code: Code::TargetMissing,
                    ..failure
                }
                .hint(Code::TargetMissing.remedy()));
            }
            options.make_root()
        }
        other => other,
    }
}

/// Which manifest is the site's own; `None` before the first.
pub(crate) fn current(state: &Path) -> Result<Option<Current>, Failure> {
    files::read_json(&state.join("current.json"))
}

/// The site's own manifest.
pub(crate) fn current_manifest(state: &Path) -> Result<Option<Manifest>, Failure> {
    current(state)?
        .map(|current| Manifest::open(&state.join(current.manifest)))
        .transpose()
}

pub(crate) fn base_of(manifest: &Manifest) -> Base {
    let (header, summary) = (manifest.header(), manifest.summary());
    Base {
        root: summary.root,
        policy: header.policy,
        tally: summary.tally,
        at_seconds: header.at_seconds,
        oldest_read_seconds: if summary.unread_count > 0 {
            Some(0)
        } else {
            summary.oldest_read_seconds
        },
    }
}

/// A standby is adopted when it says that it is this pair's, or when it is empty and never was anything else: where
/// the last pass left entries, an empty folder is what its filesystem was mounted on.
fn is_adopted(
    options: &LocalSiteOptions,
    root: &Root,
    identity: Option<&Identity>,
    base: Option<&Manifest>,
) -> Result<bool, Failure> {
    if options.role == SiteRole::Production {
        return Ok(true);
    }
    let held = base.is_some_and(|base| base.summary().tally.entries() > 0);
    match identity {
        Some(found) => Ok(found.pair == options.pair),
        None => Ok(!held && identity::is_empty(root)?),
    }
}

/// True for filesystems that hold the same names and times however they are mounted. What others hold may change with
/// a mount's options, behind the same name.
fn is_constant(kind: &str) -> bool {
    matches!(kind, "ext2" | "ext3" | "ext4" | "xfs" | "btrfs" | "tmpfs")
}

/// A standby is measured once, or in every pass where its kind is not constant; where it may not be written to, the
/// last measurement serves, else its kind.
fn capabilities(
    options: &LocalSiteOptions,
    request: &OpenRequest,
    root: &Root,
    adopted: bool,
) -> Result<Capabilities, Failure> {
    if options.role == SiteRole::Production {
        return probe::assume(root);
    }
    let kept = options.state.join("capabilities.json");
    let Mount { kind, identity, .. } = root_mount(root)?;
    let known = files::read_json::<(String, Capabilities)>(&kept)?;
    let known = known.filter(|(of, _)| *of == identity).map(|(_, known)| known);
    if request.read_only || !adopted {
        return known.map_or_else(|| probe::assume(root), Ok);
    }
    if let Some(known) = known.filter(|_| is_constant(&kind)) {
        return Ok(known);
    }
    let measured = probe::measure(root)?;
    files::write_json_atomic(&kept, &(identity, &measured))?;
    Ok(measured)
}

pub(crate) fn root_mount(root: &Root) -> Result<Mount, Failure> {
    let mounted = filesystem::identify(root.fd())?;
    Ok(Mount {
        path: counterpart_model::EntryPath::root(),
        kind: mounted.kind,
        identity: mounted.identity,
    })
}

fn profile(options: &LocalSiteOptions, filesystem: &Mount, capabilities: &Capabilities) -> Profile {
    let system = rustix::system::uname();
    let text = |field: &std::ffi::CStr| field.to_string_lossy().into_owned();
    Profile {
        role: options.role,
        location: options.root.display().to_string(),
        host: text(system.nodename()),
        system: format!(
            "{} {} {}",
            text(system.sysname()),
            text(system.release()),
            text(system.machine())
        ),
        filesystem: filesystem.clone(),
        capabilities: capabilities.clone(),
        clock: now(),
        link: None,
    }
}

/// Asks once more whether the root is the tree that was opened: opened anew by its path, it must be the same object
/// on the same filesystem, and not have become empty.
pub(crate) fn same_tree(pass: &OpenPass, options: &LocalSiteOptions) -> Result<(), Failure> {
    let live = options.open_root()?;
    let changed = |why: &str| {
        Err(Failure::new(
            Code::SourceIdentity,
            "looking at production once more",
            why,
        ))
    };
    if root_mount(&live)?.identity != pass.filesystem.identity {
        return changed("another filesystem is mounted there now");
    }
    let again = snapshot(options, &pass.request)?.unwrap_or(live);
    let root = counterpart_model::EntryPath::root();
    if again.stat(&root)?.object() != pass.root.stat(&root)?.object() {
        return changed("another directory has its name now");
    }
    if identity::is_empty(&again)? && pass.scanned_entries() > 0 {
        return changed("it was emptied since it was scanned");
    }
    Ok(())
}

impl OpenPass {
    /// What the scan saw.
    pub(crate) fn scan(&self) -> Result<Arc<Scanned>, Failure> {
        let scanned = self
            .scanned
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        scanned
            .clone()
            .ok_or_else(|| Failure::new(Code::Io, "asking a site", "it was not scanned yet"))
    }

    fn scanned_entries(&self) -> u64 {
        self.scan().map_or(0, |scanned| scanned.report.tally.entries())
    }

    /// What was obtained in an earlier pass, for a row that this one makes. A pass counts as its own what is of the second
    /// in which it began or later; an earlier one may have read in that second, too, so its time is put before.
    pub(crate) fn carried(&self, mut obtained: Obtained) -> Obtained {
        obtained.at_seconds = obtained.at_seconds.min(self.began_seconds.saturating_sub(1));
        obtained
    }

    /// How owners are written.
    pub(crate) fn owner_by(&self) -> policy::OwnerBy {
        self.request.policy.owner_by
    }
}

/// The site's clock.
/// The second in which this pass begins: a later one than that of the interrupted pass. What that one brought is put
/// before this one, and would seem to be older than both.
fn begin_after(since_seconds: Option<i64>) -> i64 {
    let clock = now();
    if since_seconds.is_some_and(|since| since >= clock.seconds) {
        let rest_nanos = 1_000_000_000 - u64::from(clock.nanos);
        std::thread::sleep(std::time::Duration::from_nanos(rest_nanos));
    }
    now().seconds
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::new(
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        since.subsec_nanos(),
    )
}
