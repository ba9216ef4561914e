"""Each test has an upload folder of its own, a partner, and a worker that it calls."""

import pytest

from .partner import Partner


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def partner() -> Partner:
    """Speaks for the whole city."""
    return Partner.made()


@pytest.fixture
def of_kecamatan() -> Partner:
    """Speaks for the first kecamatan alone."""
    return Partner.made(kecamatan=1)
