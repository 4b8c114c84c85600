//! Measures what a standby's filesystem can hold, and guesses it where nothing may be written.
//!
//! It decides nothing: what a pair carries in spite of a missing capability is not judged here.

use crate::at::{self, PRIVATE};
use crate::ours::{self, INCOMING};
use crate::put::{has_list_after, has_xattr_after};
use crate::stat::{stat_at, stat_of};
use crate::{Root, fault};
use counterpart_model::{Code, Failure, Grain, Timestamp};
use counterpart_port::{Capabilities, NameRules};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::AtFlags;
use rustix::io::Errno;
use std::ffi::{CStr, CString};

/// The directory that is measured in; whatever lies in it is the rubbish of a probe that was killed.
const PROBE: &CStr = c"probe";

/// Odd times to write and read back, one for each grain that is in use: nothing coarser keeps their last digit.
const TIMES: [Timestamp; 3] = [
    Timestamp::new(1_000_000_001, 123_456_789),
    Timestamp::new(1_234_567_893, 987_654_321),
    Timestamp::new(1_500_000_005, 111_111_111),
];

/// Measures in `.counterpart/incoming`, and clears up after itself and after a probe that was killed.
///
/// # Errors
/// `.counterpart` cannot be made, or nothing can be written there.
pub fn measure(root: &Root) -> Result<Capabilities, Failure> {
    let incoming = ours::make_in(root, INCOMING)?;
    let fail = |errno| {
        fault::failure(
            Code::Io,
            "measuring what the standby's filesystem can hold",
            errno,
        )
    };
    at::remove_whole(&incoming, PROBE).map_err(fail)?;
    let directory = at::create_directory(&incoming, PROBE, PRIVATE).map_err(fail)?;
    let measured = measure_in(&directory, longest_name(root));
    let cleared = at::remove_whole(&incoming, PROBE);
    let capabilities = measured.map_err(fail)?;
    cleared.map_err(fail)?;
    Ok(capabilities)
}

/// What the kind of filesystem is known to hold; nothing is written.
///
/// # Errors
/// The filesystem cannot be asked.
pub fn assume(root: &Root) -> Result<Capabilities, Failure> {
    let asked = fault::retry(|| rustix::fs::fstatfs(root.fd()));
    let asked =
        asked.map_err(|errno| fault::failure(Code::Io, "asking for the kind of filesystem", errno))?;
    let mut assumed = of_kind(u64::try_from(asked.f_type).unwrap_or(0));
    assumed.names.max_bytes = longest_name(root);
    assumed.owners &= rustix::process::geteuid().is_root();
    Ok(assumed)
}

/// Magic numbers of filesystems that hold less than a Linux filesystem of today.
const MSDOS: u64 = 0x4d44;
const EXFAT: u64 = 0x2011_bab0;
const CIFS: u64 = 0xff53_4d42;
const SMB2: u64 = 0xfe53_4d42;
const NFS: u64 = 0x6969;

fn of_kind(magic: u64) -> Capabilities {
    let mut assumed = Capabilities::full();
    match magic {
        MSDOS | EXFAT | CIFS | SMB2 => {
            let grain_nanos = match magic {
                MSDOS => 2_000_000_000,
                EXFAT => 10_000_000,
                _ => 100,
            };
            assumed.grain = Grain::from_nanos(grain_nanos);
            assumed.names.case_sensitive = false;
            assumed.names.any_bytes = false;
            assumed.names.reserved_characters = false;
            assumed.names.trailing_dot_or_space = false;
            (assumed.symlinks, assumed.hardlinks) = (false, false);
            (assumed.xattrs, assumed.acls) = (false, false);
            (assumed.modes, assumed.owners) = (false, false);
            assumed.exchange = false;
        }
        NFS => {
            assumed.xattrs = false;
            assumed.exchange = false;
        }
        _ => {}
    }
    assumed
}

fn longest_name(root: &Root) -> u32 {
    const USUAL_BYTES: u32 = 255;
    rustix::fs::fstatvfs(root.fd()).map_or(USUAL_BYTES, |asked| {
        u32::try_from(asked.f_namemax)
            .unwrap_or(USUAL_BYTES)
            .min(USUAL_BYTES)
    })
}

fn measure_in(directory: &OwnedFd, max_bytes: u32) -> Result<Capabilities, Errno> {
    let file = at::create_file(directory, c"file", 0o600)?;
    // Owners that are faked by the mount read back wrong even where the call succeeds.
    let stat = stat_of(&file)?;
    let times = keeps_times(&file)?;
    Ok(Capabilities {
        // The time that it is says nothing of a grain.
        grain: if times { grain(&file)? } else { Grain::NANOSECOND },
        times,
        names: names(directory, max_bytes)?,
        symlinks: can_symlink(directory)?,
        hardlinks: can(at::link(directory, c"file", directory, c"link"))?,
        xattrs: has_xattr_after(file.as_fd())?,
        acls: has_list_after(file.as_fd(), stat.uid)?,
        modes: keeps_modes(&file)?,
        owners: keeps_owners(&file)?,
        exchange: can_exchange(directory)?,
    })
}

/// True where a call went well, false where the filesystem or the account may not; trouble with the disk is neither.
fn can(result: Result<(), Errno>) -> Result<bool, Errno> {
    match result {
        Ok(()) => Ok(true),
        Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::IO | Errno::ROFS)) => Err(errno),
        Err(_) => Ok(false),
    }
}

/// True where a time that is set is the one that is read back, to within the coarsest grain.
fn keeps_times(file: &OwnedFd) -> Result<bool, Errno> {
    for time in TIMES {
        let set = can(at::set_mtime(file, time))?;
        let kept = stat_of(file)?.mtime.at_grain(Grain::TWO_SECONDS);
        if !set || kept != time.at_grain(Grain::TWO_SECONDS) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn grain(file: &OwnedFd) -> Result<Grain, Errno> {
    let mut coarsest = Grain::NANOSECOND;
    for time in TIMES {
        at::set_mtime(file, time)?;
        let kept = stat_of(file)?.mtime;
        coarsest = coarsest.max(if kept == time {
            Grain::NANOSECOND
        } else {
            Grain::that_holds(kept)
        });
    }
    Ok(coarsest)
}

fn names(directory: &OwnedFd, max_bytes: u32) -> Result<NameRules, Errno> {
    let composed = "caf\u{e9}".as_bytes();
    let decomposed = "cafe\u{301}".as_bytes();
    Ok(NameRules {
        case_sensitive: are_two(directory, b"Case", b"case")?,
        normalisation_sensitive: are_two(directory, composed, decomposed)?,
        any_bytes: holds(directory, b"\xff\xfe-\x80")?,
        reserved_characters: holds(directory, b"a<>:\"\\|?*\x01\x1fz")?,
        trailing_dot_or_space: holds(directory, b"dot.")? && holds(directory, b"space ")?,
        max_bytes,
    })
}

/// True where a name can be given and is listed byte for byte.
fn holds(directory: &OwnedFd, name: &[u8]) -> Result<bool, Errno> {
    let wanted = at::c_name(name)?;
    if !can(at::create_file(directory, &wanted, 0o600).map(drop))? {
        return Ok(false);
    }
    let mut listed = false;
    at::each_name(directory, |found| {
        listed |= found == wanted.as_c_str();
        Ok(())
    })?;
    at::remove_whole(directory, &wanted)?;
    Ok(listed)
}

/// True where two names lead to two files.
fn are_two(directory: &OwnedFd, left: &[u8], right: &[u8]) -> Result<bool, Errno> {
    let (left, right) = (at::c_name(left)?, at::c_name(right)?);
    at::create_file(directory, &left, 0o600)?;
    let two = can(at::create_file(directory, &right, 0o600).map(drop))?;
    let apart = two && stat_at(directory, &left)?.inode != stat_at(directory, &right)?.inode;
    at::remove_whole(directory, &left)?;
    at::remove_whole(directory, &right)?;
    Ok(apart)
}

fn can_symlink(directory: &OwnedFd) -> Result<bool, Errno> {
    let target: CString = at::c_name(b"no/such \xfftarget")?;
    if !can(rustix::fs::symlinkat(&*target, directory, c"symlink"))? {
        return Ok(false);
    }
    let read = rustix::fs::readlinkat(directory, c"symlink", Vec::new())?;
    Ok(read == target)
}

fn keeps_modes(file: &OwnedFd) -> Result<bool, Errno> {
    for mode in [0o640, 0o751, 0o600] {
        if !can(at::set_mode(file, mode))? || stat_of(file)?.mode != mode {
            return Ok(false);
        }
    }
    Ok(true)
}

/// True where this account can give a file to somebody else and the filesystem remembers it.
fn keeps_owners(file: &OwnedFd) -> Result<bool, Errno> {
    let (user, group) = (
        rustix::fs::Uid::from_raw(54_321),
        rustix::fs::Gid::from_raw(54_321),
    );
    if !can(rustix::fs::fchown(file, Some(user), Some(group)))? {
        return Ok(false);
    }
    let stat = stat_of(file)?;
    Ok((stat.uid, stat.gid) == (54_321, 54_321))
}

fn can_exchange(directory: &OwnedFd) -> Result<bool, Errno> {
    let left = stat_of(at::create_file(directory, c"left", 0o600)?)?.inode;
    at::create_directory(directory, c"right", PRIVATE)?;
    if !can(at::exchange(directory, c"left", directory, c"right"))? {
        return Ok(false);
    }
    let exchanged = stat_at(directory, c"right")?.inode == left;
    rustix::fs::unlinkat(directory, c"right", AtFlags::empty())?;
    Ok(exchanged)
}
