//! Where a site is: a path on this host, or one on a host that ssh reaches.

use counterpart_model::escape;
use serde::{Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Where a site is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// On this host; absolute.
    Here(PathBuf),
    /// On another one.
    Far(FarLocation),
}

/// A tree on another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarLocation {
    /// `host` or `user@host`, as ssh is told.
    pub destination: String,
    /// Another port than ssh's own choice.
    pub port: Option<u16>,
    /// The root there; absolute.
    pub path: PathBuf,
}

impl Location {
    /// Reads `/path`, `host:/path` or `ssh://[user@]host[:port]/path`. A path on this host may be relative to `base`.
    ///
    /// # Errors
    /// Why it cannot be used, as what to write instead.
    pub fn parse(text: &str, base: &Path) -> Result<Self, String> {
        if text.is_empty() {
            return Err("write the path of a directory".to_owned());
        }
        match split_far(text) {
            None => Ok(Self::local(Path::new(text), base)),
            Some((destination, path)) => FarLocation::new(destination, path).map(Self::Far),
        }
    }

    /// A path on this host, made absolute against `base` and the present directory.
    pub fn local(path: &Path, base: &Path) -> Self {
        let joined = base.join(path);
        Self::Here(std::path::absolute(&joined).unwrap_or(joined))
    }

    /// What was shown once; an escaped path keeps every byte.
    ///
    /// # Errors
    /// It is no location.
    pub fn from_shown(text: &str) -> Result<Self, String> {
        match split_far(text) {
            None => Ok(Self::Here(unescaped(text))),
            Some((destination, path)) => {
                FarLocation::new(destination, &unescaped(path).to_string_lossy()).map(Self::Far)
            }
        }
    }

    /// The path, where it is on this host.
    pub fn here(&self) -> Option<&Path> {
        match self {
            Self::Here(path) => Some(path),
            Self::Far(_) => None,
        }
    }

    /// The path, wherever it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Here(path) => path,
            Self::Far(far) => &far.path,
        }
    }
}

impl FarLocation {
    fn new(destination: &str, path: &str) -> Result<Self, String> {
        let (destination, port) = match destination.strip_prefix("ssh://") {
            Some(rest) => split_port(rest)?,
            None => (destination, None),
        };
        if !path.starts_with('/') {
            return Err("write an absolute path behind the host: host:/path".to_owned());
        }
        counterpart_link::ssh::check_destination(destination).map_err(|failure| failure.why)?;
        Ok(Self {
            destination: destination.to_owned(),
            port,
            path: PathBuf::from(path),
        })
    }
}

/// Host and path of what is far: `ssh://…/path`, or `host:/path` with no slash before the colon.
fn split_far(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix("ssh://") {
        let at = rest.find('/').unwrap_or(rest.len()) + "ssh://".len();
        return Some(text.split_at(at));
    }
    let (host, path) = text.split_once(':')?;
    (!host.is_empty() && !host.contains('/')).then_some((host, path))
}

fn split_port(host: &str) -> Result<(&str, Option<u16>), String> {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => {
            let number = port.parse().map_err(|_| format!("{port:?} is no port"))?;
            Ok((name, Some(number)))
        }
        _ => Ok((host, None)),
    }
}

fn unescaped(text: &str) -> PathBuf {
    PathBuf::from(OsString::from_vec(escape::from_shown(text)))
}

impl std::fmt::Display for Location {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = escape::shown(self.path().as_os_str().as_bytes());
        match self {
            Self::Here(_) => out.write_str(&path),
            Self::Far(FarLocation {
                destination,
                port: Some(port),
                ..
            }) => write!(out, "ssh://{destination}:{port}{path}"),
            Self::Far(FarLocation { destination, .. }) => write!(out, "{destination}:{path}"),
        }
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
