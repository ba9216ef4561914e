"""What staff do at the pages of stock: fill in a form, look at its preview, book it."""

import re
from typing import Any

from django.test import Client

from blanks.actions import receive
from blanks.ledger import ACCOUNT, Place
from blanks.models import Account, Document
from blanks.serials import SerialText, read
from blanks.spans import Span, each
from blanks.spans import read as read_spans
from tests.builders import settle

PAGES = "/admin/blanks/stok"


def shipment(first: str = "0100", quantity: int = 20, number: str = "SJ-1", **fields: Any) -> Document:
    """A shipment in the city store, all as on its paper unless told."""
    fields = {"by": "test:office", "on_paper": quantity, **fields}
    document = receive([Span.of(first, quantity)], number=number, **fields)
    settle()
    return document


def serials(text: str) -> list[SerialText]:
    return each(read_spans(text))


def balance(place: str, kecamatan: int | None = None) -> int:
    key = 100 + kecamatan if kecamatan else ACCOUNT[Place(place)]
    return Account.objects.get(pk=key).balance


def sum_of_all() -> int:
    return sum(Account.objects.values_list("balance", flat=True))


def page_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def hidden(page: str) -> dict[str, Any]:
    """The hidden fields of a page, as a browser would send them back."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def preview(client: Client, path: str, **typed: Any) -> Any:
    """Open the form, fill it in, and ask for its preview."""
    opened = hidden(client.get(f"{PAGES}/{path}/").content.decode())
    return client.post(f"{PAGES}/{path}/", {**opened, **typed, "step": "preview"})


def book(client: Client, path: str, **typed: Any) -> Any:
    """The same, and then press the button of the preview."""
    shown = preview(client, path, **typed)
    assert shown.status_code == 200, page_of(shown)
    return client.post(f"{PAGES}/{path}/", {**hidden(shown.content.decode()), "step": "book"})


def booked(response: Any) -> Document:
    """The document that a booking went to."""
    assert response.status_code == 303, page_of(response)
    settle()
    return Document.objects.get(pk=response["Location"].split("/")[-3])


__all__ = [
    "PAGES", "balance", "book", "booked", "hidden", "page_of", "preview", "read", "serials", "settle", "shipment",
    "sum_of_all",
]  # fmt: skip
