"""What the environment says, and the demo's own settings where it says nothing.

The demo keeps its secrets in var/demo.env. That file stands in as a whole, and only while the
environment asks for the demo or gives no secret, database or mode of its own: a real installation never
borrows from it.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ

SECRETS = ("SECRET_KEY", "EKTP_SEAL_KEYS", "EKTP_INDEX_KEYS")
OWN_WORD = (*SECRETS, "DATABASE_URL", "DEMO", "DEBUG")
KEY_BYTES = 32


BASE_DIR = Path(__file__).resolve().parent.parent


def var_dir() -> Path:
    """Where everything lives that the site itself writes."""
    return Path(os.environ.get("EKTP_VAR") or BASE_DIR / "var")


def on(name: str) -> bool:
    """Whether a switch such as DEMO is on."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or spaces."""
    return os.environ.get(name, default).replace(",", " ").split()


def database(url: str) -> dict[str, Any]:
    """Django's settings from postgres://ROLE:PASSWORD@HOST/NAME; a socket's folder is a HOST with %2F for /."""
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except ValueError:  # a port that is none; ektp.E013 says so
        return {"NAME": "", "USER": "", "HOST": ""}
    host = urlsplit(url).netloc.rpartition("@")[2].partition(":")[0]
    if host[:3].upper() == "%2F":
        config["HOST"] = unquote(host)
    return config


def keys(name: str, default: bytes = b"") -> list[bytes]:
    """The keys of that name, newest first; those that are no key are left out (ektp.E002 names them)."""
    found = [key for key in map(decoded, words(name)) if key is not None]
    return found or ([default[:KEY_BYTES]] if default else [])


def decoded(text: str) -> bytes | None:
    """A key of 32 bytes from its base64 (the usual or the URL alphabet), or None."""
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def days(name: str, default: dict[str, int]) -> dict[str, int]:
    """`a=2 b=5` of the environment, over the defaults; what is no such pair is left out."""
    pairs = (word.partition("=") for word in words(name))
    said = {key: int(value) for key, _sep, value in pairs if key in default and value.isdecimal()}
    return default | said


def unreadable(name: str) -> int:
    """How many of the keys of that name are no keys."""
    return sum(decoded(word) is None for word in words(name))


def new_secrets() -> str:
    """The three an installation needs, as NAME=value; `python -m bekasi_ektp.environment` prints them."""
    key, seal, index = (secrets.token_bytes(size) for size in (48, KEY_BYTES, KEY_BYTES))
    return "\n".join(
        f"{name}={base64.b64encode(value).decode()}"
        for name, value in zip(SECRETS, (key, seal, index), strict=True)
    )


def read_demo(var: Path) -> None:
    """Fill the environment from the demo's own settings, where they may stand in."""
    asked = on("DEMO")
    if not asked and any(name in os.environ for name in OWN_WORD):
        return
    try:
        if asked and not all(os.environ.get(name) for name in SECRETS):
            write_demo(var)
        lines = (var / "demo.env").read_text().splitlines()
    except OSError:
        return
    for name, sep, value in (line.partition("=") for line in lines):
        if sep:
            os.environ.setdefault(name, value)


def write_demo(var: Path) -> None:
    """Make the demo's secrets, once, for this user alone; whoever comes first makes them."""
    path = var / "demo.env"
    if path.exists():
        return
    var.mkdir(parents=True, exist_ok=True)
    draft = var / f"demo.env.{os.getpid()}"
    with open(draft, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(f"DEMO=1\n{new_secrets()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


if __name__ == "__main__":
    print(new_secrets())
