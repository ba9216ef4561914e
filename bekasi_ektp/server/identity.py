"""Who PostgreSQL runs as: whoever owns its files; root, whom PostgreSQL refuses, in a user namespace.

Where no user namespace can be made, root's server runs as an existing unprivileged user instead.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

from .errors import ServerError
from .places import Places, binaries

SCRIPT = str(Path(__file__).with_name("unprivileged.py"))
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}


def whom(places: Places) -> str:
    """The first argument of unprivileged.py for this server; its folder exists."""
    owner = places.home.stat()
    if os.geteuid() != 0:
        if owner.st_uid != os.geteuid():
            name = _name(owner.st_uid)
            raise ServerError(
                f"{places.home} belongs to {name}: run as {name}, or set EKTP_VAR to a folder of yours."
            )
        return "here"
    if owner.st_uid != 0:
        return f"{owner.st_uid}:{owner.st_gid}"
    if not _run("namespace", "/bin/true").returncode:
        return "namespace"
    return _somebody(places)


def command(who: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-S", SCRIPT, who, *arguments]


def _run(who: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(who, *arguments), env=ENVIRONMENT, capture_output=True, cwd="/", check=False
    )


def _somebody(places: Places) -> str:
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        who = f"{user.pw_uid}:{user.pw_gid}"
        for path in (places.var, binaries() / "postgres"):
            if _run(who, "/usr/bin/test", "-x", str(path)).returncode:
                raise ServerError(
                    f"PostgreSQL does not run as root, and user {name} cannot enter {path}: "
                    "put the checkout where every user may enter, or run as an ordinary user."
                )
        give(places.home, user.pw_uid, user.pw_gid)
        return who
    raise ServerError("PostgreSQL does not run as root: run as an ordinary user.")


def give(folder: Path, uid: int, gid: int) -> None:
    """Hand a folder of ours and all in it to its new owner."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
