"""Help: the offices, and places that other pages link to."""

import pytest

from tests.tracking.public.reading import page
from tracking.models import Office

pytestmark = pytest.mark.django_db


def test_help_names_every_office_and_says_that_it_is_being_checked() -> None:
    text = page("/bantuan/")
    assert text.count("Kantor Kecamatan ") == 12
    assert "sedang diperiksa petugas" in text
    Office.objects.update(checked=True)
    assert "sedang diperiksa petugas" not in page("/bantuan/")


def test_links_into_help_have_their_place() -> None:
    text = page("/bantuan/")
    for place in ("nik", "belum-menerima", "suket", "tidak-ditemukan", "lama", "ganda"):
        assert f'id="{place}"' in text
