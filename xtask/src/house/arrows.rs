//! The direction of dependencies between the crates: down the list, never up, never sideways.
//! It does not look inside a crate; rustc keeps what is private there.

use anyhow::Result;

use super::Complaint;
use super::manifest::{Dependency, Metadata, Package};
use crate::workspace::Workspace;

/// The rooms, from the top down. The names are those of docs/ARCHITECTURE.md.
const ROOMS: [&str; 15] = [
    "cli", "engine", "notice", "site", "link", "command", "tree", "store", "port", "signer", "evidence",
    "oldlog", "probe", "schedule", "model",
];

/// Arrows that would point down and are still wrong: the engine knows sites only through `port`.
const FORBIDDEN: [(&str, &str); 3] = [("engine", "site"), ("engine", "link"), ("engine", "tree")];

const HINT: &str = "docs/ARCHITECTURE.md has the order; move the code, or the crate, to where it belongs";

/// Checks every member's arrows, and that the map names every room.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let metadata = Metadata::of(workspace)?;
    let mut complaints = judge(&metadata);
    complaints.extend(unmapped(&workspace.read("docs/ARCHITECTURE.md")?));
    Ok(complaints)
}

/// What is wrong with the arrows.
pub fn judge(metadata: &Metadata) -> Vec<Complaint> {
    metadata.packages.iter().flat_map(judge_package).collect()
}

fn judge_package(package: &Package) -> Vec<Complaint> {
    if package.name == "xtask" {
        return standing_apart(package);
    }
    let Some(from) = place_of(&package.name) else {
        let what = "is a crate that the list of rooms does not have";
        return vec![Complaint::new(
            &package.name,
            what,
            "add it to xtask/src/house/arrows.rs and to the map",
        )];
    };
    package
        .dependencies
        .iter()
        .filter_map(|arrow| judge_arrow(&package.name, from, arrow))
        .collect()
}

/// The chores must not be able to lean on what they check.
fn standing_apart(package: &Package) -> Vec<Complaint> {
    let rooms = package
        .dependencies
        .iter()
        .filter(|arrow| place_of(&arrow.name).is_some());
    rooms
        .map(|arrow| Complaint::new("xtask", format!("depends on {}", arrow.name), HINT))
        .collect()
}

fn judge_arrow(name: &str, from: usize, arrow: &Dependency) -> Option<Complaint> {
    let to = place_of(&arrow.name)?;
    let direct = arrow.kind.is_none() && FORBIDDEN.contains(&(ROOMS[from], ROOMS[to]));
    (to <= from || direct).then(|| Complaint::new(name, format!("must not depend on {}", arrow.name), HINT))
}

/// Where in the list a package is, if it is a room at all.
fn place_of(package: &str) -> Option<usize> {
    let room = if package == "counterpart" {
        "cli"
    } else {
        package.strip_prefix("counterpart-")?
    };
    ROOMS.iter().position(|name| *name == room)
}

/// Rooms that the map does not have.
fn unmapped(map: &str) -> Vec<Complaint> {
    let absent = ROOMS
        .iter()
        .filter(|room| !map.contains(&format!("| `{room}` |")));
    let what = |room: &&str| format!("has no line for `{room}`");
    absent
        .map(|room| Complaint::new("docs/ARCHITECTURE.md", what(room), "keep the map true"))
        .collect()
}
