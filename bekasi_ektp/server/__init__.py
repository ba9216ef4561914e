"""The embedded PostgreSQL: it starts when a process first needs it and stops with the last one that used it.

Nothing outside the project changes: no system user, no mode of a parent folder, no TCP port.
"""

from pathlib import Path
from typing import Any

from .errors import ServerError
from .life import stop_if_unused, use
from .places import DATABASE, OWNER, PORT, SITE, SUPERUSER, Places

__all__ = [
    "DATABASE",
    "OWNER",
    "SITE",
    "SUPERUSER",
    "Places",
    "ServerError",
    "settings",
    "stop_if_unused",
    "use",
]


def settings(var: Path, role: str, name: str = DATABASE) -> dict[str, Any]:
    """Django's settings for that role; EMBEDDED tells the backend whose server to start."""
    return {
        "NAME": name,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(Places(var).socket),
        "PORT": PORT,
        "EMBEDDED": str(var),
    }
