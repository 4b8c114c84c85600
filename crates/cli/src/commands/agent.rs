//! `agent`: the far end of a link, on standard input and output.

use crate::apart;
use crate::args::AgentArgs;
use crate::config::named::named_commands;
use crate::context::Context;
use crate::exit::Exit;
use crate::who;
use crate::wire::own_environment;
use counterpart_command::Anything;
use counterpart_link::Wanted;
use counterpart_link::agent::{Host, serve};
use counterpart_model::path::RESERVED_NAME;
use counterpart_model::{Code, Failure, SiteRole};
use counterpart_port::{Commands, Standby};
use counterpart_site::{LocalSite, LocalSiteOptions, Retention};
use counterpart_store::files::StateDir;
use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// `agent`.
pub(crate) fn agent(context: &Context, args: &AgentArgs) -> Result<Exit, Failure> {
    let stream = |fd: std::os::fd::BorrowedFd<'_>| {
        fd.try_clone_to_owned()
            .map_err(|error| Failure::new(Code::Io, "taking the stream over", error))
    };
    let input = stream(std::io::stdin().as_fd())?;
    let output = stream(std::io::stdout().as_fd())?;
    let host = ThisHost {
        context,
        args,
        commands: commands(args),
    };
    serve(input, output, &host, &who::program())?;
    Ok(Exit::Done)
}

/// What may be asked for beside the tree: what a file names, nothing where the agent is confined otherwise, and anything
/// where it is not, for then the caller's ssh would start it as well. Where the file is wrong, nothing is served: whoever asks is told why.
fn commands(args: &AgentArgs) -> Result<Option<Box<dyn Commands>>, Failure> {
    if let Some(file) = args.commands.as_deref() {
        let table = named_commands(file, &environment).map_err(|mistakes| mistakes.failure())?;
        return Ok(Some(Box::new(table)));
    }
    if args.root.is_some() || args.read_only {
        return Ok(None);
    }
    Ok(Some(Box::new(Anything::new(own_environment()))))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program alone reads the environment"
)]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Gives callers the sites of this host that they may have.
struct ThisHost<'a> {
    context: &'a Context,
    args: &'a AgentArgs,
    commands: Result<Option<Box<dyn Commands>>, Failure>,
}

impl Host for ThisHost<'_> {
    fn site(&self, wanted: &Wanted) -> Result<Box<dyn Standby>, Failure> {
        self.commands.as_ref().map(drop).map_err(Clone::clone)?;
        let root = PathBuf::from(OsString::from_vec(wanted.root.clone()));
        if self.args.read_only && wanted.role == SiteRole::Standby {
            return Err(refused(&root, "it only serves production"));
        }
        let root = self.checked(root)?;
        apart::check_state(&self.context.state_path()?, &root)?;
        let state: StateDir = self.context.state()?;
        Ok(Box::new(LocalSite::new(LocalSiteOptions {
            role: wanted.role,
            pair: wanted.pair.clone(),
            state: state.pair(&wanted.pair)?.site(wanted.role)?,
            root,
            plain_root: self.args.root.is_some(),
            read_ahead_threads: None,
            retention: self.args.history.map_or(Retention::USUAL, Retention::AtLeast),
        })))
    }

    fn may_read_from(&self, path: &[u8]) -> Result<(), Failure> {
        let path = PathBuf::from(OsStr::from_bytes(path));
        plain(&path)?;
        let Some(bounds) = &self.args.root else {
            return Ok(());
        };
        let found = real(&path);
        let mut allowed = self.args.snapshots.iter().chain([bounds]);
        if allowed.any(|allowed| found.starts_with(real(allowed))) {
            return Ok(());
        }
        Err(refused(&path, "no snapshot is read from there")
            .hint("Let its administrator allow the place with --snapshots DIR."))
    }

    fn commands(&self) -> Option<&dyn Commands> {
        let commands = self.commands.as_ref().ok()?.as_ref()?;
        Some(commands.as_ref())
    }
}

impl ThisHost<'_> {
    /// A root must be absolute and plain, and lie where this agent may serve, through no link that leads out. Where it is
    /// bound, the path is given that has no link on it, for a link may be planted before it is opened.
    fn checked(&self, root: PathBuf) -> Result<PathBuf, Failure> {
        plain(&root)?;
        let Some(bounds) = &self.args.root else {
            return Ok(root);
        };
        let found = real(&root);
        if found.starts_with(real(bounds)) {
            Ok(found)
        } else {
            Err(refused(&root, &format!("it serves only {}", bounds.display())))
        }
    }
}

/// A path from the root on, without `..`, and not of what Counterpart keeps.
fn plain(root: &Path) -> Result<(), Failure> {
    use std::path::Component;
    let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
    if !root.is_absolute() || !root.components().all(plain) {
        return Err(refused(root, "it is no absolute path"));
    }
    let reserved = OsStr::from_bytes(RESERVED_NAME);
    if real(root).components().any(|part| part.as_os_str() == reserved) {
        return Err(refused(
            root,
            "what Counterpart keeps beneath a standby is no tree",
        ));
    }
    Ok(())
}

/// The path without links; of what is not there yet, that of the directory that it will be made in.
#[expect(clippy::disallowed_methods, reason = "the program checks what it may serve")]
fn real(path: &Path) -> PathBuf {
    match (std::fs::canonicalize(path), path.parent(), path.file_name()) {
        (Ok(real), _, _) => real,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

fn refused(root: &Path, why: &str) -> Failure {
    Failure::new(
        Code::Usage,
        format!("asking the agent for {}", root.display()),
        format!("the agent refuses: {why}"),
    )
    .hint("Look at the command that is bound to the key in the far account's authorized_keys.")
}
