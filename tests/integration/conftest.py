"""Who works with the files of the centre."""

import pytest

from staff.models import User
from tests import people


@pytest.fixture
def supervisor(db: None) -> User:
    return people.supervisor()
