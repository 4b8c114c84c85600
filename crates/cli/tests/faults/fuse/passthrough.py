#!/usr/bin/python3
"""A filesystem that passes everything on to a directory, and fails where it is told to.

    passthrough.py BACKING MOUNTPOINT CONTROL [--fold-case] [--grain-seconds N]

CONTROL is read before every operation: each line is `OPERATION ERRNO GLOB`, such as `read EIO /study/*`. It knows no
extended attributes, no access lists, and no rename with flags, as many network filesystems do not.
"""
import argparse
import errno
import fnmatch
import os
import time

from fusepy import FUSE, FuseOSError, Operations

NANOS = 1_000_000_000
# How `utimensat` says that a time is the present one, or stays.
UTIME_NOW = 0x3FFFFFFF
UTIME_OMIT = 0x3FFFFFFE
# Names are bytes; this encoding carries each byte as one letter.
BYTES = "latin-1"


class Passthrough(Operations):
    use_ns = True
    # One of two times may be left as it is; without this, libfuse drops such a request and says that all is well.
    flag_utime_omit_ok = True

    def __init__(self, options):
        self.backing = os.fsencode(os.path.realpath(options.backing))
        self.control = options.control
        self.fold = options.fold_case
        self.grain = options.grain_seconds * NANOS

    def __call__(self, operation, path, *arguments):
        with open(self.control, encoding="ascii") as rules:
            for rule in rules:
                name, fault, glob = rule.split()
                if name == operation and fnmatch.fnmatch(path or "", glob):
                    raise FuseOSError(getattr(errno, fault))
        try:
            return getattr(self, operation)(path, *arguments)
        except OSError as error:
            raise FuseOSError(error.errno) from error

    def real(self, path):
        """Where a path lies; with folded case, the name that is there already, whatever its case."""
        real = self.backing
        for part in path.encode(BYTES).strip(b"/").split(b"/"):
            if not part:
                continue
            below = os.path.join(real, part)
            if self.fold and not os.path.lexists(below):
                below = os.path.join(real, self.folded(real, part))
            real = below
        return real

    @staticmethod
    def folded(directory, part):
        try:
            names = os.listdir(directory)
        except OSError:
            return part
        return next((name for name in names if name.lower() == part.lower()), part)

    def coarse(self, nanos):
        return nanos - nanos % self.grain if self.grain else nanos

    def getattr(self, path, handle=None):
        stat = os.fstat(handle) if handle is not None else os.lstat(self.real(path))
        return {
            "st_ino": stat.st_ino,
            "st_mode": stat.st_mode,
            "st_nlink": stat.st_nlink,
            "st_uid": stat.st_uid,
            "st_gid": stat.st_gid,
            "st_size": stat.st_size,
            "st_blocks": stat.st_blocks,
            "st_atime": self.coarse(stat.st_atime_ns),
            "st_mtime": self.coarse(stat.st_mtime_ns),
            "st_ctime": self.coarse(stat.st_ctime_ns),
        }

    def readdir(self, path, handle):
        return [".", "..", *(name.decode(BYTES) for name in os.listdir(self.real(path)))]

    def readlink(self, path):
        return os.readlink(self.real(path)).decode(BYTES)

    def symlink(self, path, target):
        os.symlink(target.encode(BYTES), self.real(path))

    def link(self, path, source):
        os.link(self.real(source), self.real(path), follow_symlinks=False)

    def rename(self, old, new):
        os.rename(self.real(old), self.real(new))

    def unlink(self, path):
        os.unlink(self.real(path))

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self.real(path), uid, gid, follow_symlinks=False)

    def utimens(self, path, times=None):
        real = self.real(path)
        if times is not None:
            stat = os.lstat(real)
            known = (stat.st_atime_ns, stat.st_mtime_ns)
            times = tuple(self.wanted(time, old) for time, old in zip(times, known))
        os.utime(real, ns=times, follow_symlinks=False)

    def wanted(self, nanos, known):
        if nanos == UTIME_OMIT:
            return known
        return self.coarse(time.time_ns() if nanos == UTIME_NOW else nanos)

    def statfs(self, path):
        stat = os.statvfs(self.real(path))
        names = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize")
        return {name: getattr(stat, name) for name in names} | {"f_namemax": 255}

    def open(self, path, flags):
        return os.open(self.real(path), flags & ~os.O_NOFOLLOW)

    def create(self, path, mode, handle=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def truncate(self, path, length, handle=None):
        os.truncate(self.real(path) if handle is None else handle, length)

    def flush(self, path, handle):
        return 0

    def release(self, path, handle):
        os.close(handle)

    def fsync(self, path, datasync, handle):
        os.fsync(handle)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("backing")
    parser.add_argument("mountpoint")
    parser.add_argument("control")
    parser.add_argument("--fold-case", action="store_true")
    parser.add_argument("--grain-seconds", type=int, default=0)
    options = parser.parse_args()
    os.umask(0)
    FUSE(
        Passthrough(options),
        options.mountpoint,
        encoding=BYTES,
        foreground=True,
        nothreads=True,
        use_ino=True,
        hard_remove=True,
        default_permissions=True,
        attr_timeout=0,
        entry_timeout=0,
        negative_timeout=0,
    )


main()
