"""Runs a program of PostgreSQL, which refuses root, as somebody who is not root. Started as a script.

    unprivileged.py here|namespace|UID:GID [--daemon LOG] PROGRAM ARGUMENT…

"namespace" is root in a user namespace of its own, in which root has another number: it keeps the files'
owner and may enter root's folders, but has lost every power of root. With --daemon the program goes into the
background (its process id is printed) and writes to LOG.
"""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000
INSIDE = 1000


def enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{INSIDE} {gid} 1"),
        ("uid_map", f"{INSIDE} {uid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def become(whom: str) -> None:
    if whom == "namespace":
        enter_namespace()
    elif whom != "here":
        uid, gid = map(int, whom.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def main(whom: str, *command: str) -> None:
    become(whom)
    if command[0] == "--daemon":
        log = os.open(command[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        command = command[2:]
        pid = os.fork()
        if pid:
            print(pid)
            return
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, null), (1, log), (2, log)):
            os.dup2(source, target)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"unprivileged: {error}")
