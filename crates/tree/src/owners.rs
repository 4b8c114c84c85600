//! Users and groups by name: what number has which name at this site, and the other way round.
//!
//! Names come from `/etc/passwd` and `/etc/group`, read once. An account that only a directory service (LDAP, Active
//! Directory) knows has no line there and is taken by its number; where that matters, compare owners by number. Nothing
//! is asked over a network, and no program is started.

use counterpart_model::{Owner, policy::OwnerBy};
use std::collections::HashMap;
use std::path::Path;

/// The names of a site.
#[derive(Clone, Debug)]
pub struct OwnerNames {
    by: OwnerBy,
    users: Table,
    groups: Table,
}

#[derive(Clone, Debug, Default)]
struct Table {
    names: HashMap<u32, Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl OwnerNames {
    /// Reads the site's names; without the files every owner goes by number.
    pub fn new(by: OwnerBy) -> Self {
        Self::from_files(by, Path::new("/etc/passwd"), Path::new("/etc/group"))
    }

    /// Reads the names from other files of the same form.
    pub fn from_files(by: OwnerBy, passwd: &Path, group: &Path) -> Self {
        let read = |path| {
            if by == OwnerBy::Name {
                Table::read(path)
            } else {
                Table::default()
            }
        };
        Self {
            by,
            users: read(passwd),
            groups: read(group),
        }
    }

    /// `user:group` for a fact.
    pub fn owner(&self, uid: u32, gid: u32) -> Owner {
        let (user, group) = (self.users.name(uid), self.groups.name(gid));
        Owner(format!("{user}:{group}").into_boxed_str())
    }

    /// The numbers of an owner at this site; `None` where a name is unknown here, or is no number under
    /// [`OwnerBy::Number`].
    pub fn numbers(&self, owner: &Owner) -> Option<(u32, u32)> {
        let (user, group) = owner.0.split_once(':')?;
        Some((self.users.number(user)?, self.groups.number(group)?))
    }

    /// How owners are compared.
    pub const fn by(&self) -> OwnerBy {
        self.by
    }
}

impl Table {
    /// `name:password:number:…`, one a line; of two lines for one number or name the first holds, as for the system.
    fn read(path: &Path) -> Self {
        let mut table = Self::default();
        let text = std::fs::read(path).unwrap_or_default();
        for line in String::from_utf8_lossy(&text).lines() {
            let mut fields = line.split(':');
            let (Some(name), Some(number)) = (fields.next(), fields.nth(1)) else {
                continue;
            };
            let Ok(number) = number.parse::<u32>() else {
                continue;
            };
            table.names.entry(number).or_insert_with(|| name.into());
            table.numbers.entry(name.into()).or_insert(number);
        }
        table
    }

    fn name(&self, number: u32) -> std::borrow::Cow<'_, str> {
        match self.names.get(&number) {
            Some(name) => (&**name).into(),
            None => number.to_string().into(),
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied().or_else(|| name.parse().ok())
    }
}
