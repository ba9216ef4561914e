"""Whom a page shuts out: axe reads it in the browser, by light and in the dark; and what sticks out of the window."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# All that another scheme can change are colours.
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def faults_of(page: Page, *widths: int) -> list[str]:
    """What is wrong with the page that is open, at each of these widths (none: as it is)."""
    page.evaluate(Axe().axe_script)
    found = []
    for width in widths or (0,):
        if width:
            page.set_viewport_size({"width": width, "height": 740})
        found += [f"{fault}, {width} px" if width else fault for fault in _faults(page)]
    return found


def _faults(page: Page) -> list[str]:
    found = []
    for scheme, options in (("dark", {"runOnly": OF_COLOURS}), ("light", {})):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # colours of links fade into each other
        page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
        said: dict[str, Any] = page.evaluate(
            "options => axe.run(options)", {"resultTypes": ["violations"], **options}
        )
        found += [f"{one['id']}, {scheme}: {one['nodes'][0]['html'][:200]}" for one in said["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + [f"{wide} px too wide"] * (wide > 0)
