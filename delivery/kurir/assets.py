"""The files that a phone keeps to work without reception, by this version's names."""

import hashlib
from functools import cache

from django.templatetags.static import static
from django.urls import reverse

SCRIPTS = ("kurir/seal.js", "kurir/store.js", "kurir/line.js", "kurir/kurir.js")
FILES = (*SCRIPTS, "kurir/kurir.css", "icon.svg")


def assets() -> list[str]:
    """Addresses of what the phone keeps; the shell among them."""
    return [reverse("courier-shell"), *map(static, FILES)]


def scripts() -> list[str]:
    """In the order in which they are loaded."""
    return [static(name) for name in SCRIPTS]


@cache
def version() -> str:
    """Changes with any of the files or the shell: then the phone fetches them anew."""
    from django.template.loader import render_to_string

    text = render_to_string("kurir/masuk.html", {"scripts": scripts()}) + " ".join(assets())
    return hashlib.sha256(text.encode()).hexdigest()[:12]
