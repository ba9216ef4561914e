"""What is left of log-ins goes in time."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from staff import keeping

from .cast import as_

pytestmark = pytest.mark.django_db


def test_a_session_that_is_over_is_deleted_and_others_go_on() -> None:
    living = as_("operator")
    as_("auditor")
    over = Session.objects.exclude(pk=living.session.session_key)
    over.update(expire_date=timezone.now() - timedelta(seconds=1))
    keeping.keep_house()
    assert Session.objects.count() == 1
    assert living.get("/admin/").status_code == 200


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
def test_who_mistyped_a_password_is_forgotten_after_30_days(days: int, kept: bool) -> None:
    Client().post("/admin/login/", {"username": "siapa", "password": "salah"})
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=days))
    keeping.keep_house()
    assert AccessAttempt.objects.exists() == kept
