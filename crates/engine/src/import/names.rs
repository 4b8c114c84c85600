//! Names of a log as paths of the pair: put beneath what the operator says, or taken out of a root.

use counterpart_model::{EntryPath, escape};

/// How names become paths.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Relative names are put beneath this path.
    pub beneath: EntryPath,
    /// Absolute names that lie in one of these directories become relative.
    pub roots: Vec<Vec<u8>>,
}

impl Names {
    /// The path of a name, as shown. An absolute name that lies in no root stays as it is.
    pub fn shown(&self, name: &[u8]) -> String {
        if name.starts_with(b"/") {
            let inside = self.roots.iter().find_map(|root| inside(name, root));
            return shown(inside.unwrap_or(name));
        }
        if name.is_empty() {
            return self.beneath.to_string();
        }
        let mut path = self.beneath.as_bytes().to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        shown(&path)
    }
}

/// What a path has beneath a directory.
fn inside<'a>(path: &'a [u8], root: &[u8]) -> Option<&'a [u8]> {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let rest = path.strip_prefix(root)?;
    match rest.split_first() {
        // `failed to set times on "/standby/."` is about the root itself.
        None | Some((b'/', b".")) => Some(b""),
        Some((b'/', beneath)) => Some(beneath),
        Some(_) => None,
    }
}

fn shown(path: &[u8]) -> String {
    if path.is_empty() {
        ".".to_owned()
    } else {
        escape::shown(path)
    }
}
