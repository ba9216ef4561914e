"""The tests' own database: the site's role, and every table back as it was."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection


@pytest.mark.django_db
def test_default_connection_is_the_sites_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert (user, database) == ("ektp_site", connection.settings_dict["NAME"])


@pytest.mark.parametrize("turn", ["first", "second"])
def test_committed_rows_are_gone_for_the_next_test(committed: None, turn: str) -> None:
    User = get_user_model()
    assert not User.objects.exists()
    User.objects.create(username="ani")
