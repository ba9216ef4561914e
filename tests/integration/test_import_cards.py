"""import_cards as a command: what its words may be, and what becomes of the file with the rejected rows."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integration.management.whole_file import whole_file
from integration.models import Batch, Source

from .feeds import BUDI, as_csv, outcomes, row, send_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """One good row and one with a slip."""
    path = tmp_path / "kiriman.csv"
    path.write_text(as_csv(row(), row(NIK=BUDI, NO_RT="x")))
    return path


@pytest.mark.parametrize("slug", ["", "a b", "é", "x" * 61])
def test_what_can_be_no_source_is_wrong_usage(feed: Path, slug: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_cards", str(feed), source=slug)
    assert refused.value.returncode == 2
    assert not Source.objects.exists()


def test_rejected_rows_may_come_back_under_the_name_of_the_file_they_came_in(feed: Path) -> None:
    assert outcomes(send_files(str(feed), rejects=feed)) == {"created": 1, "rejected": 1}
    feed.write_text(feed.read_text(encoding="utf-8-sig").replace(",x,", ",7,"))
    assert outcomes(send_files(str(feed), rejects=feed)) == {"created": 1}


def test_a_refused_call_leaves_the_last_rejected_rows_alone(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").write_text("kemarin")
    (tmp_path / "kiriman.csv").write_text("bukan judul\n")
    with pytest.raises(CommandError):
        send_files(str(tmp_path / "kiriman.csv"), rejects=tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text() == "kemarin"
    assert len(list(tmp_path.iterdir())) == 2


def test_rejected_rows_that_no_disk_takes_stop_the_call(feed: Path) -> None:
    with pytest.raises(CommandError, match="tidak dapat ditulis") as refused:
        send_files(str(feed), rejects=Path("/dev/full"))
    assert refused.value.returncode == 1
    assert Batch.objects.get().state == Batch.State.REFUSED


def test_a_new_file_of_rejected_rows_is_for_its_owner_alone(tmp_path: Path) -> None:
    with whole_file(tmp_path / "rejects.csv") as file:
        file.write("NIK")
    assert (tmp_path / "rejects.csv").stat().st_mode & 0o777 == 0o600
