//! Those who copy to a standby behind ssh: `far` says how it is reached, and that it is this host.
//! Where a way counts, ssh writes into its log what it carried; the programs themselves are started the same.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{Contender, Lane, need, ours_from, slashed};
use crate::bench::Bench;
use crate::bench::disk::sync;
use crate::bench::far::{HOST, Way};
use crate::bench::report::Bar;

/// The way to the far host.
pub(in crate::bench) fn way(bench: &Bench<'_>) -> Result<Way> {
    Way::prepare(&bench.folder.join("ssh"))
}

/// `counterpart mirror`.
pub(in crate::bench) fn our_push(bench: &Bench<'_>, way: &Way) -> Contender {
    let (program, way) = (bench.program.clone(), way.clone());
    Contender::ours("counterpart mirror", move |lane| {
        let mut command = ours_from(&program, lane, "mirror");
        command
            .arg(behind_ssh(&lane.copy))
            .args(way.arguments().iter().map(|argument| format!("--ssh={argument}")))
            .args(["--remote", &agent(&program, lane).join(" ")]);
        vec![command, sync(&lane.copy)]
    })
}

/// What the far end of ours is started as.
pub(in crate::bench) fn agent(program: &Path, lane: &Lane) -> Vec<String> {
    let state = lane.state.join("far");
    vec![
        program.display().to_string(),
        "agent".to_owned(),
        "--state".to_owned(),
        state.display().to_string(),
    ]
}

/// `rsync -a -e ssh`, and the sync that makes its copy last.
pub(in crate::bench) fn rsync_push(way: &Way, most: f64) -> Result<Contender> {
    rsync(way, "-a", most)
}

/// `rsync -az -e ssh`, which compresses what it sends.
pub(in crate::bench) fn rsync_push_compressed(way: &Way, most: f64) -> Result<Contender> {
    rsync(way, "-az", most)
}

fn rsync(way: &Way, options: &'static str, most: f64) -> Result<Contender> {
    need("rsync", "--version", "rsync")?;
    let ssh = format!("ssh {}", way.arguments().join(" "));
    let name = format!("rsync {options} -e ssh; sync -f");
    Ok(Contender::peer(&name, Bar::Ratio(most), move |lane| {
        let mut command = Command::new("rsync");
        command
            .args([options, "-e", &ssh])
            .arg(slashed(&lane.source))
            .arg(behind_ssh(&lane.copy));
        vec![command, sync(&lane.copy)]
    }))
}

/// `tar | ssh tar`: little more than ssh itself, so what its cipher costs. It can only make first copies.
pub(in crate::bench) fn tar_push(way: &Way) -> Result<Contender> {
    need("tar", "--version", "tar")?;
    let ssh = way.arguments();
    let script = format!(r#"tar -C "$1" -cf - . | ssh "${{@:3}}" {HOST} tar -C "$2" -xf -"#);
    Ok(Contender::peer(
        "tar \\| ssh tar; sync -f",
        Bar::None,
        move |lane| {
            let mut command = Command::new("bash");
            command
                .args(["-o", "pipefail", "-c", &script, "bash"])
                .arg(&lane.source)
                .arg(&lane.copy)
                .args(&ssh);
            vec![command, sync(&lane.copy)]
        },
    ))
}

/// The path as one of the far host.
fn behind_ssh(path: &Path) -> OsString {
    let mut location = OsString::from(HOST);
    location.push(":");
    location.push(path);
    location
}
