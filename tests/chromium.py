"""Finds Chromium for browser tests; as a script, installs Debian's where there is none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# A font too: without one the pages have no letters.
PACKAGES = ["chromium", "fonts-dejavu-core", "fonts-liberation"]
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
]


def path() -> str | None:
    """Where it is: CHROMIUM, or one of the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (sudo and not shutil.which("sudo")):
        sys.exit("Browser tests need Chromium: install it, or name it: CHROMIUM=/path/to/chromium make test")
    print("Installing Chromium for the browser tests …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = [*sudo, apt, "-qq", "-y", "-o", "DPkg::Lock::Timeout=300"]
    for step in (["update"], ["install", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run([*command, *step], env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Chromium could not be installed: {done.stderr.strip()[-300:]}")


if __name__ == "__main__":
    if not path():
        install()
