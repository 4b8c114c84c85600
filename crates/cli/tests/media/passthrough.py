"""A filesystem over a directory that fails where a file says, and can hold less than the directory does.

passthrough.py DIRECTORY MOUNTPOINT CONTROL [case_insensitive] [coarse] [timeless]

CONTROL is a directory. A file in it named read, write or fsync holds one line, `SUFFIX ERRNO`: calls of that kind on
paths that end in SUFFIX, or on all where it is `*`, then fail with that errno. It is looked at on every call, so that taking it away heals.
"""

import errno
import os
import sys
import time
from fusepy import FUSE, FuseOSError, Operations

COARSE_NANOS = 2_000_000_000
# As nanoseconds of the second 0, which is how fusepy hands them over.
UTIME_NOW = (1 << 30) - 1
UTIME_OMIT = (1 << 30) - 2


# Names are bytes: fusepy hands them over in this encoding, in which every byte is a letter.
ENCODING = "latin-1"


def below_name(name):
    return os.fsdecode(name.encode(ENCODING))


def above_name(name):
    return os.fsencode(name).decode(ENCODING)


class Passthrough(Operations):
    use_ns = True
    # Without it libfuse passes over calls that set one time alone.
    flag_utime_omit_ok = 1

    def __init__(self, below, control, options):
        self.below = below.rstrip("/")
        self.control = control
        self.folds = "case_insensitive" in options
        self.coarse = "coarse" in options
        self.timeless = "timeless" in options

    def fail(self, what, path):
        try:
            with open(os.path.join(self.control, what)) as file:
                suffix, name = file.read().split()
        except FileNotFoundError:
            return
        if suffix == "*" or path.endswith(suffix):
            raise FuseOSError(getattr(errno, name))

    def at(self, path):
        found, path = self.below, below_name(path)
        for name in path.strip("/").split("/") if path != "/" else []:
            if self.folds and not os.path.lexists(os.path.join(found, name)):
                same = [one for one in self.names(found) if one.casefold() == name.casefold()]
                name = same[0] if same else name
            found = os.path.join(found, name)
        return found

    @staticmethod
    def names(directory):
        return os.listdir(directory) if os.path.isdir(directory) else []

    def rounded(self, nanos):
        return nanos - nanos % COARSE_NANOS if self.coarse else nanos

    def getattr(self, path, fh=None):
        stat = os.fstat(fh) if fh is not None else os.lstat(self.at(path))
        wanted = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_ino", "st_blocks", "st_blksize")
        found = {name: getattr(stat, name) for name in wanted}
        for name in ("st_atime", "st_mtime", "st_ctime"):
            found[name] = getattr(stat, name + "_ns")
        found["st_mtime"] = self.rounded(found["st_mtime"])
        return found

    def utimens(self, path, times=None):
        if self.timeless:
            return
        if times is None:
            os.utime(self.at(path), follow_symlinks=False)
            return
        now, stat = time.time_ns(), os.lstat(self.at(path))
        kept = []
        for asked, old in zip(times, (stat.st_atime_ns, stat.st_mtime_ns)):
            kept.append(self.rounded({UTIME_OMIT: old, UTIME_NOW: now}.get(asked, asked)))
        os.utime(self.at(path), ns=tuple(kept), follow_symlinks=False)

    def readdir(self, path, fh):
        return [".", ".."] + [above_name(name) for name in os.listdir(self.at(path))]

    def readlink(self, path):
        return above_name(os.readlink(self.at(path)))

    def mkdir(self, path, mode):
        os.mkdir(self.at(path), mode)

    def rmdir(self, path):
        os.rmdir(self.at(path))

    def unlink(self, path):
        os.unlink(self.at(path))

    def symlink(self, target, source):
        os.symlink(below_name(source), self.at(target))

    def link(self, target, source):
        os.link(self.at(source), self.at(target), follow_symlinks=False)

    def rename(self, old, new):
        os.rename(self.at(old), self.at(new))

    def mknod(self, path, mode, dev):
        os.mknod(self.at(path), mode, dev)

    def chmod(self, path, mode):
        os.chmod(self.at(path), mode)

    def chown(self, path, uid, gid):
        unset = 0xFFFF_FFFF
        os.lchown(self.at(path), -1 if uid == unset else uid, -1 if gid == unset else gid)

    def open(self, path, flags):
        return os.open(self.at(path), flags)

    def create(self, path, mode, fi=None):
        at = self.at(path)
        if self.folds and os.path.lexists(at):
            raise FuseOSError(errno.EEXIST)
        return os.open(at, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, fh):
        self.fail("read", path)
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        self.fail("write", path)
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(fh if fh is not None else self.at(path), length)

    def flush(self, path, fh):
        return 0

    def fsync(self, path, datasync, fh):
        self.fail("fsync", path)
        os.fsync(fh)
        return 0

    def fsyncdir(self, path, datasync, fh):
        return 0

    def release(self, path, fh):
        os.close(fh)

    def statfs(self, path):
        stat = os.statvfs(self.at(path))
        names = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_frsize", "f_namemax")
        return {name: getattr(stat, name) for name in names}


if __name__ == "__main__":
    below, mountpoint, control, *options = sys.argv[1:]
    # The kernel remembers nothing: what fails, fails at once.
    FUSE(
        Passthrough(below, control, options),
        mountpoint,
        foreground=True,
        nothreads=True,
        attr_timeout=0,
        entry_timeout=0,
        use_ino=True,
        fsname="passthrough",
        encoding=ENCODING,
    )
