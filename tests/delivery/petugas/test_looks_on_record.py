"""Whatever page of an officer shows a citizen's name puts that look on record, before it is shown."""

import pytest

from staff.models import AccessLog
from tests.people import SITI
from tests.staff.cast import logged_in
from tracking import nik
from tracking.models import Citizen

from ..cast import Office
from .test_own_kecamatan_alone import OPEN, filled, office  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
NAME = b"RAHASIA"
# records of hand-overs and lists of papers have codes of cards, and no names
NAMELESS = {"record", "paper_list"}


def test_every_page_with_a_name(office: Office) -> None:  # noqa: F811
    Citizen.objects.update(nik_sealed=nik.seal(SITI))  # a suket carries it
    named = set()
    for address, name in filled(office):
        if name in OPEN:
            continue
        for method in ("get", "post"):
            before = AccessLog.objects.count()
            answer = getattr(logged_in(office.tuti), method)(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shows = NAME in body.upper() or (body[:4] == b"%PDF" and name not in NAMELESS)
            if shows:
                named.add(name)
                assert AccessLog.objects.count() > before, (method, address)
    assert named >= {"arrival", "collection", "suket", "receipt", "walk"}, named
