"""The inside of a sandbox: run as a program, it shuts its doors and becomes another program.

The plan comes on standard input.  Standard library alone; it runs before anything of the course
is imported (``python -I -S confine.py``), and everything that it cannot do is an error.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

NEWNS, NEWUTS, NEWIPC, NEWUSER = 0x20000, 0x4000000, 0x8000000, 0x10000000
NEWPID, NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
NOBODY = 65534
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
)

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    """Call a function of the C library; raise OSError where it fails."""
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system."""
    texts = [part.encode() for part in (source, target, kind)]
    call("mount", *texts, ctypes.c_ulong(flags), data.encode())


def bind(source: str, root: str) -> None:
    """Show a file or a folder of the system at the same place below *root*, to be read alone."""
    target = root + source
    if os.path.islink(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.lexists(target):
            os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "a"):
            pass
    mount(source, target, "none", MS_BIND | MS_REC)
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
    mount("none", target, "none", flags)


def new_root(plan: dict[str, Any]) -> None:
    """Make a root that holds what may be read, devices that do no harm, and a small disk."""
    mount("none", "/", "none", MS_REC | MS_PRIVATE)
    root = "/tmp"
    small = f"size={plan['limits']['disk_mb']}m,nr_inodes=20000,mode=755"
    kept = [path for path in (*SYSTEM, *plan["readable"]) if os.path.lexists(path)]
    # What lies below /tmp itself is reached through a descriptor, as the new root covers it.
    held = {
        path: os.open(path, os.O_PATH) for path in kept if not os.path.islink(path)
    }
    links = {path: os.readlink(path) for path in kept if os.path.islink(path)}
    devices = {
        path: os.open(path, os.O_PATH)
        for path in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
    }
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, small)
    for path, link in links.items():
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        os.symlink(link, root + path)
    for path, number in {**held, **devices}.items():
        show(number, path, root, path in devices)
    for name in ("/proc", "/tmp", "/home/student", "/dev/shm"):
        os.makedirs(root + name, exist_ok=True)
        os.chmod(root + name, 0o777)
    if plan["processes"]:
        mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.chdir(root)
    os.makedirs("old", exist_ok=True)
    call("pivot_root", b".", b"old")
    os.chdir("/")
    call("umount2", b"/old", 2)
    os.rmdir("/old")


def show(number: int, path: str, root: str, device: bool) -> None:
    """Bind what an open descriptor stands for below *root*, read-only unless a device."""
    source, target = f"/proc/self/fd/{number}", root + path
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "a"):
            pass
    mount(source, target, "none", MS_BIND | MS_REC)
    flags = MS_REMOUNT | MS_BIND | MS_NOSUID
    if not device:
        flags |= MS_RDONLY | MS_NODEV
    mount("none", target, "none", flags)
    os.close(number)


def unshare(plan: dict[str, Any]) -> None:
    """Leave the namespaces of the grader."""
    flags = 0
    flags |= (NEWNS | NEWIPC | NEWUTS) if plan["files"] else 0
    flags |= NEWNET if plan["network"] else 0
    flags |= NEWPID if plan["processes"] else 0
    if not flags:
        return
    user, group = os.getuid(), os.getgid()
    if user != 0:
        flags |= NEWUSER
    call("unshare", ctypes.c_int(flags))
    if user != 0:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{NOBODY} {user} 1"),
            ("gid_map", f"{NOBODY} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def limit(limits: dict[str, Any]) -> None:
    """Set what one process may use."""
    mega = 2**20
    for name, value in (
        ("RLIMIT_CPU", int(limits["cpu_seconds"])),
        ("RLIMIT_FSIZE", int(limits["file_mb"] * mega)),
        ("RLIMIT_NPROC", int(limits["processes"])),
        ("RLIMIT_NOFILE", int(limits["open_files"])),
        ("RLIMIT_DATA", int(2 * limits["memory_mb"] * mega)),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MSGQUEUE", 0),
    ):
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)
        bound = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (bound, bound))


def become(plan: dict[str, Any]) -> None:
    """Give up all rights and run the program."""
    if plan["files"]:
        new_root(plan)
        os.chdir("/home/student")
    if os.getuid() == 0:
        user = plan["user"]
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    limit(plan["limits"])
    os.umask(0o077)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    command = plan["command"]
    os.execve(command[0], command, plan["environment"])


def main() -> int:
    """Read the plan, shut the doors, and stand guard over the first process inside."""
    plan = json.loads(sys.stdin.buffer.read())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    open_ones = {
        int(n) for n in os.environ.get("NLPCOURSE_DESCRIPTORS", "").split(",") if n
    }
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        unshare(plan)
    except OSError as error:
        print(error.strerror or error)
        return 71
    inside = os.fork()
    if inside == 0:
        try:
            call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            become(plan)
        except OSError as error:
            print(
                f"{error.strerror or error} {error.filename or ''}".strip(),
                flush=True,
            )
        os._exit(72)
    for number in open_ones:
        os.close(number)
    _, status = os.waitpid(inside, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
