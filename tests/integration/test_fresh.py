"""How old the data of a kecamatan is: since the last usable file of somebody who speaks for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tracking.actions.fresh import data_came
from tracking.models import Freshness

from .api.partner import Partner
from .feeds import said, send

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=30)


def newer() -> set[int]:
    """The kecamatan of which data came just now."""
    return set(
        Freshness.objects.filter(at__gt=timezone.now() - timedelta(days=1)).values_list("id", flat=True)
    )


@pytest.fixture(autouse=True)
def old_data() -> None:
    data_came(at=LONG_AGO)


def test_a_file_of_the_centre_speaks_for_the_whole_city() -> None:
    send(said("PRINT_READY_RECORD"))
    assert newer() == set(range(1, 13))


def test_the_same_file_again_is_still_news_of_today() -> None:
    send(said("PRINT_READY_RECORD"))
    data_came(at=LONG_AGO)
    assert send(said("PRINT_READY_RECORD"))["unchanged"] == 1
    assert newer() == set(range(1, 13))


def test_a_partner_of_a_kecamatan_speaks_for_that_alone() -> None:
    assert Partner.made(kecamatan=1).send(said("PRINT_READY_RECORD")).status_code == 201
    assert newer() == {1}


def test_a_file_of_which_nothing_could_be_used_makes_nothing_newer() -> None:
    assert send(said("PRINT_READY_RECORD", NIK="00"))["rejected"] == 1
    assert newer() == set()


def test_a_preview_makes_nothing_newer() -> None:
    send(said("PRINT_READY_RECORD"), dry_run=True)
    assert newer() == set()
