//! Reading a file that decides what is run: one that somebody else could have written is refused.
//!
//! As sshd does with an account's keys: the file and every folder above it must belong to root or to this account, and
//! nobody else may write to them. A folder where everybody may make names and only their owner take them away, as /tmp, is
//! let pass.

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, open, stat};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Who may write besides the owner.
const OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// Why a file is not trusted, and what to do.
pub(super) struct Distrust {
    pub(super) why: String,
    pub(super) hint: String,
}

/// Opens a file that nobody else can write.
#[expect(clippy::disallowed_methods, reason = "the program checks what it will run")]
pub(super) fn open_trusted(path: &Path) -> Result<File, Distrust> {
    let unreadable = |error: std::io::Error| Distrust {
        why: error.to_string(),
        hint: format!(
            "Name a file that this account can read; {} is not one.",
            path.display()
        ),
    };
    let real = std::fs::canonicalize(path).map_err(unreadable)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = open(&real, flags, Mode::empty()).map_err(|errno| unreadable(errno.into()))?;
    let found = fstat(&file).map_err(|errno| unreadable(errno.into()))?;
    if !FileType::from_raw_mode(found.st_mode).is_file() {
        return Err(unreadable(std::io::Error::other("it is no file")));
    }
    judge(&real, &found, false)?;
    for folder in real.ancestors().skip(1) {
        let found = stat(folder).map_err(|errno| unreadable(errno.into()))?;
        judge(folder, &found, true)?;
    }
    Ok(File::from(file))
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
