"""Reads the pages of the suite as strictly as the standard: the first of each address and status in every run."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from django.test import Client
from html5lib.html5parser import ParseError

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?")
MAY_BE_DISABLED = {"button", "fieldset", "input", "optgroup", "option", "select", "textarea", "link"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "form", "headers", "list")


def parsed(page: str) -> Element:
    """The tree of a page; ParseError at the first thing that is not as the standard says."""
    document: Any = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return document


def faults(page: str) -> list[str]:
    """What is wrong with a page, in words."""
    try:
        document = parsed(page)
    except ParseError as error:
        return [f"not HTML: {error}"]
    nodes = [node for node in document.iter() if isinstance(node.tag, str)]
    ids = [node.get("id", "") for node in nodes if node.get("id") is not None]
    found = [f"id twice: {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    for node in nodes:
        found += _of_one(node, set(ids))
    return [*found, *_of_headings(nodes)]


def _of_one(node: Element, ids: set[str]) -> Iterator[str]:
    for name in REFERENCES:
        for target in (node.get(name) or "").split():
            if target not in ids:
                yield f"{name} of <{node.tag}> names nothing: {target}"
    href = node.get("href") or ""
    if href.startswith("#") and len(href) > 1 and href[1:] not in ids:
        yield f"link to nothing: {href}"
    if node.tag == "img" and node.get("alt") is None:
        yield "an image without its words"
    if (
        node.tag == "input"
        and node.get("type") == "hidden"
        and any(k.startswith("aria-") for k in node.attrib)
    ):
        yield f"a hidden field with words: {node.get('name')}"
    if node.get("disabled") is not None and node.tag not in MAY_BE_DISABLED:
        yield f"a <{node.tag}> that is disabled"
    if node.tag == "time" and not MOMENT.fullmatch(node.get("datetime") or "".join(node.itertext())):
        yield f"not a moment: {node.get('datetime')}"


def _of_headings(nodes: list[Element]) -> Iterator[str]:
    levels = [int(node.tag[1]) for node in nodes if re.fullmatch(r"h[1-6]", node.tag)]
    for before, after in pairwise(levels):
        if after - before > 1:
            yield f"a heading of level {after} below one of {before}"
    if not any(node.tag == "title" and (node.text or "").strip() for node in nodes):
        yield "no title"


@contextmanager
def reading_answers() -> Iterator[None]:
    """Every page that Django's test client is answered, once for its address (without keys) and status."""
    ask, seen = Client.request, set[tuple[str, int]]()

    def request(self: Client, **environ: Any) -> Any:
        response = ask(self, **environ)
        if not response.headers.get("Content-Type", "").startswith("text/html") or response.streaming:
            return response
        match = getattr(response.wsgi_request, "resolver_match", None)
        which = (match.route if match else environ.get("PATH_INFO", ""), response.status_code)
        if which not in seen and response.content and "Content-Encoding" not in response.headers:
            seen.add(which)
            assert faults(response.content.decode()) == [], environ.get("PATH_INFO")
        return response

    Client.request = request  # type: ignore[method-assign]
    try:
        yield
    finally:
        Client.request = ask  # type: ignore[method-assign]
