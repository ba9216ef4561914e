"""A public page as its reader has it: the text, and the rows of its tables."""

import csv
import io
import re

from django.test import Client

from tests.tracking.public.cards import text_of


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return text_of(response)


def row(of: str, text: str) -> list[str]:
    """The cells of the table row with this head."""
    found = re.search(rf'<tr><th scope="row">(?:<[^>]*>)*{re.escape(of)}(?:<[^>]*>)*</th>(.*?)</tr>', text)
    assert found, of
    return [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


def table(text: str, caption: str) -> str:
    """The page from the table of that id on."""
    return text.split(f'<caption id="{caption}"')[1].split("</table>")[0]


def rows(name: str) -> list[dict[str, str]]:
    """A file of the page."""
    answer = Client().get(f"/statistik/{name}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
