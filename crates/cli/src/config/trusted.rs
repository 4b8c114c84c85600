//! Reading a file that decides what is run: one that somebody else could have written is refused.
//!
//! As sshd does with an account's keys: the file and every folder above it must belong to root or to this account, and
//! nobody else may write to them. A folder where everybody may make names and only their owner take them away, as /tmp, is
//! let pass. A secret is read from a file that nobody else can read, either.

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, open, stat};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Who may write besides the owner.
const OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;
const EVERYBODY_ELSE: u32 = 0o077;
const GROUP_READS: u32 = 0o040;

/// Why a file is not trusted, and what to do.
pub(super) struct Distrust {
    pub(super) why: String,
    pub(super) hint: String,
}

/// Opens a file that nobody else can write.
pub(super) fn open_trusted(path: &Path) -> Result<File, Distrust> {
    let (file, real, found) = open_file(path)?;
    judge(&real, &found, false)?;
    for folder in real.ancestors().skip(1) {
        let found = stat(folder).map_err(|errno| unreadable(path, &errno.into()))?;
        judge(folder, &found, true)?;
    }
    Ok(file)
}

/// Opens a file that nobody else can read, either. A link to it is followed.
pub(super) fn open_private(path: &Path) -> Result<File, Distrust> {
    let (file, real, found) = open_file(path)?;
    judge(&real, &found, false)?;
    // The group of root may: systemd shows so the credentials that it gives to one account.
    let allowed = if found.st_gid == 0 { GROUP_READS } else { 0 };
    if found.st_mode & EVERYBODY_ELSE & !allowed == 0 {
        return Ok(file);
    }
    let shown = real.display();
    Err(Distrust {
        why: format!("others than its owner can read {shown}"),
        hint: format!(
            "Take that right away: chmod 600 {shown}. Where others may have read it, change the secret."
        ),
    })
}

#[expect(clippy::disallowed_methods, reason = "the program checks what it will run")]
fn open_file(path: &Path) -> Result<(File, PathBuf, Stat), Distrust> {
    let unreadable = |error: std::io::Error| unreadable(path, &error);
    let real = std::fs::canonicalize(path).map_err(unreadable)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = open(&real, flags, Mode::empty()).map_err(|errno| unreadable(errno.into()))?;
    let found = fstat(&file).map_err(|errno| unreadable(errno.into()))?;
    if !FileType::from_raw_mode(found.st_mode).is_file() {
        return Err(unreadable(std::io::Error::other("it is no file")));
    }
    Ok((File::from(file), real, found))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Distrust {
    Distrust {
        why: error.to_string(),
        hint: format!(
            "Name a file that this account can read; {} is not one.",
            path.display()
        ),
    }
}

fn judge(path: &Path, found: &Stat, is_folder: bool) -> Result<(), Distrust> {
    let own = rustix::process::geteuid().as_raw();
    let distrust = |why: String, hint: String| Err(Distrust { why, hint });
    let shown = PathBuf::from(path).display().to_string();
    if found.st_uid != 0 && found.st_uid != own {
        return distrust(
            format!(
                "{shown} belongs to the user {}, who could change it",
                found.st_uid
            ),
            format!("Give it to root: chown root {shown}"),
        );
    }
    let is_shared = is_folder && found.st_mode & STICKY != 0;
    if found.st_mode & OTHERS != 0 && !is_shared {
        return distrust(
            format!("others than its owner can write to {shown}"),
            format!("Take that right away: chmod go-w {shown}"),
        );
    }
    Ok(())
}
