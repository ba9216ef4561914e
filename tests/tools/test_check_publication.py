"""The checker: honest months pass, each way to tamper with one is found, with the roots made to fit or not."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tests import cluster
from tests.tracking.publication.house import mirror, problems
from tests.tracking.seed import conftest as seeding
from tools import check_publication as tool
from tracking.models import Card
from tracking.publication.closing import publish
from tracking.publication.proofs import proofs

Sql = Callable[..., list[tuple[Any, ...]]]
TOOL = settings.BASE_DIR / "tools" / "check_publication.py"
DAYS = 30


@pytest.fixture(scope="module")
def month(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Thirty days of the invented city, as somebody would keep them."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeding, "TODAY", timezone.localdate())
        seeding.invent(3_000, number=7)
        owner = cluster.connect("ektp_owner")
        with owner.cursor() as cursor:
            cursor.execute(
                "UPDATE tracking_installation SET day = %s", [timezone.localdate() - timedelta(days=DAYS)]
            )
        owner.close()
        assert len(publish()) == DAYS
        yield mirror(tmp_path_factory.mktemp("month"))
        cluster.restore()


@pytest.fixture
def copy(month: Path, tmp_path: Path) -> "Copy":
    shutil.copytree(month, tmp_path / "copy")
    return Copy(tmp_path / "copy")


class Copy:
    """A copy that somebody changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.days = sorted(path.name for path in folder.iterdir() if path.is_dir())

    def lines(self, day: int, name: str) -> list[str]:
        return self._path(day, name).read_text().splitlines()

    def write(self, day: int, name: str, lines: list[str]) -> None:
        self._path(day, name).write_text("\n".join(lines) + "\n")

    def busiest(self, day: int = 0) -> str:
        """The queue log with most lines."""
        logs = (self.folder / self.days[day] / "antrean").iterdir()
        return f"antrean/{max(logs, key=lambda path: path.stat().st_size).stem}"

    def integrity(self) -> Any:
        return json.loads((self.folder / "integritas.json").read_text())

    def keep(self, said: Any) -> None:
        (self.folder / "integritas.json").write_text(json.dumps(said))

    def roots_made_to_fit(self) -> None:
        """All roots anew from the files, as a forger would who has the office's computer."""
        said, previous = self.integrity(), None
        for n, entry in enumerate(said["days"]):
            tree = tool.Tree()
            tree.add(sha256(b"\x00" + bytes.fromhex(previous or tool.NOTHING)).digest())
            slugs = tool.Checker._slugs(self.lines(n, "progres")[1:])
            for name in (*tool.FIXED, *(f"antrean/{slug}" for slug in slugs)):
                for line in self.lines(n, name)[1:]:
                    tree.add(sha256(b"\x00" + f"{name},{line}".encode()).digest())
            entry["previous"], entry["public_root"] = previous, tree.root().hex()
            previous = entry["public_root"]
        self.keep(said)

    def _path(self, day: int, name: str) -> Path:
        return self.folder / self.days[day] / f"{name}.csv"


def test_an_honest_month_passes(month: Path) -> None:
    assert problems(month) == []
    run = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(month)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{DAYS} hari diperiksa; semuanya cocok.\n", "")


def test_any_span_of_it_passes(copy: Copy) -> None:
    for day in (*copy.days[:5], *copy.days[12:15]):
        shutil.rmtree(copy.folder / day)
    assert problems(copy.folder) == []


def test_nothing_there_is_no_success(tmp_path: Path) -> None:
    assert problems(tmp_path)
    (tmp_path / "integritas.json").write_text("{")
    assert tool.main([str(tmp_path)]) == 1


def test_roots_made_to_fit_are_those_that_were_published(copy: Copy) -> None:
    """So that the forgeries below fail for what they forge."""
    before = copy.integrity()
    copy.roots_made_to_fit()
    assert copy.integrity() == before


# ── forgeries: each is found as it is, and most even when all roots are made to fit ──


def changed_count(copy: Copy) -> None:
    lines = copy.lines(3, "progres")
    at = next(n for n, line in enumerate(lines) if "WAITING_FOR_BLANK" in line and ",0,0" not in line)
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:4], "0", "0"])
    copy.write(3, "progres", lines)


def dropped_event(copy: Copy) -> None:
    name = copy.busiest()
    lines = copy.lines(0, name)
    copy.write(0, name, lines[:5] + lines[6:])


def dropped_and_renumbered(copy: Copy) -> None:
    name = copy.busiest()
    served = next(n for n, line in enumerate(copy.lines(0, name)) if line.endswith("dicetak"))
    lines = copy.lines(0, name)
    del lines[served]
    copy.write(0, name, [lines[0], *(f"{n},{line.split(',', 1)[1]}" for n, line in enumerate(lines[1:], 1))])


def swapped_numbers(copy: Copy) -> None:
    """Somebody is served before somebody better."""
    name = copy.busiest()
    lines = copy.lines(0, name)
    served = [
        n
        for n, line in enumerate(lines)
        if line.endswith("A,") or (",A," in line and line.endswith("dicetak"))
    ]
    one, two = served[0], served[1]
    first, second = lines[one].split(","), lines[two].split(",")
    first[3], second[3] = second[3], first[3]
    lines[one], lines[two] = ",".join(first), ",".join(second)
    copy.write(0, name, lines)


def backdated_exception(copy: Copy) -> None:
    """Somebody who waits is served out of turn, and it is said that it was long ago."""
    name = copy.busiest()
    lines = copy.lines(9, name)
    number = int(copy.lines(0, name)[-1].split(",")[0])
    no = int(lines[-1].split(",")[0]) + 1 if len(lines) > 1 else number + 1
    lines.append(f"{no},{copy.days[1]},A,1,pengecualian")
    copy.write(9, name, lines)


def invented_service(copy: Copy) -> None:
    """The last in line is served."""
    name = copy.busiest()
    lines = copy.lines(0, name)
    last = [line.split(",") for line in lines if ",masuk" in line and ",A," in line][-1]
    lines.append(f"{int(lines[-1].split(',')[0]) + 1},{copy.days[0]},A,{last[3]},dicetak")
    copy.write(0, name, lines)


def replaced_day(copy: Copy) -> None:
    shutil.rmtree(copy.folder / copy.days[6])
    shutil.copytree(copy.folder / copy.days[5], copy.folder / copy.days[6])


def left_out_day(copy: Copy) -> None:
    said = copy.integrity()
    del said["days"][7]
    said["days"][7]["previous"] = said["days"][6]["public_root"]
    copy.keep(said)
    shutil.rmtree(copy.folder / copy.days[7])
    copy.days.pop(7)


def moved_balance(copy: Copy) -> None:
    lines = copy.lines(4, "blanko")
    cells = lines[2].split(",")
    cells[3] = str(int(cells[3]) + 1)
    lines[2] = ",".join(cells)
    copy.write(4, "blanko", lines)


def hidden_movement(copy: Copy) -> None:
    day = next(n for n in range(1, DAYS) if len(copy.lines(n, "mutasi")) > 1)
    copy.write(day, "mutasi", copy.lines(day, "mutasi")[:1])


def other_private_root(copy: Copy) -> None:
    said = copy.integrity()
    said["days"][8]["private_root"] = "ab" * 32
    copy.keep(said)


def other_rule(copy: Copy) -> None:
    lines = copy.lines(10, "aturan")
    copy.write(10, "aturan", [lines[0], *(line.replace("ABC", "CBA") for line in lines[1:])])


FORGERIES = [
    changed_count,
    dropped_event,
    dropped_and_renumbered,
    swapped_numbers,
    backdated_exception,
    invented_service,
    replaced_day,
    left_out_day,
    moved_balance,
    hidden_movement,
    other_private_root,
    other_rule,
]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forgery_is_found(copy: Copy, forge: Callable[[Copy], None]) -> None:
    forge(copy)
    assert tool.main([str(copy.folder)]) == 1


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_it_is_found_though_the_roots_are_made_to_fit(copy: Copy, forge: Callable[[Copy], None]) -> None:
    forge(copy)
    copy.roots_made_to_fit()
    assert problems(copy.folder)


def test_a_month_that_is_whole_but_another_is_found_by_whoever_kept_a_root(copy: Copy) -> None:
    kept = copy.folder.parent / "kept.json"
    kept.write_text((copy.folder / "integritas.json").read_text())
    lines = copy.lines(2, "progres")
    at = next(n for n, line in enumerate(lines) if "RETURNED,0,0" in line)
    lines[at] = lines[at].replace("RETURNED,0,0", "RETURNED,1,0")
    copy.write(2, "progres", lines)
    copy.roots_made_to_fit()
    assert problems(copy.folder) == []
    assert tool.main([str(copy.folder), "--known", str(kept)]) == 1
    root = json.loads(kept.read_text())["days"][-1]
    assert tool.main([str(copy.folder), "--known", f"{root['date']}={root['public_root']}"]) == 1


def test_the_holder_of_a_receipt_proves_each_event(month: Path, tmp_path: Path) -> None:
    cards = list(Card.objects.order_by("id").values_list("id", flat=True))
    for card in (cards[0], cards[len(cards) // 2], cards[-1]):
        told = proofs(card)
        assert told["proofs"]
        assert problems(month, proof=told) == []
        told["proofs"][0]["event"] = told["proofs"][0]["event"].replace('"to":"', '"to":"X')
        path = tmp_path / "proof.json"
        path.write_text(json.dumps(told))
        assert tool.main([str(month), "--proof", str(path)]) == 1


def _played(*rows: str) -> list[str]:
    """What is found in a log of which the beginning is not known."""
    found, day = tool.Problems(), "2017-09-20"
    numbered = [f"{500 + n},{day},{row}" for n, row in enumerate(rows)]
    tool.Queue(from_start=False).play(numbered, found, day, "bekasi-timur", tool.Rules())
    return [problem.rpartition(": ")[2] for problem in found]


def test_days_that_begin_later_are_believed_about_whom_they_do_not_name() -> None:
    assert _played("A,40,dicetak", "A,41,dicetak", "C,9,keluar", "C,9,kembali", "A,77,masuk") == []


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (["A,39,kembali", "A,42,dicetak"], "nomor 42 dicetak, padahal nomor 39 masih menunggu"),
        (["A,77,masuk", "C,5,dicetak"], "C-5 dicetak, padahal A-77 masih menunggu"),
        (["A,40,dicetak", "A,40,dicetak"], "nomor 40 dicetak, tetapi tidak sedang dalam antrean"),
        (["A,77,masuk", "A,79,masuk"], "nomor 79 masuk sesudah 77"),
        (["A,77,masuk", "A,90,dicetak"], "nomor 90 dicetak, tetapi tidak sedang dalam antrean"),
        (["A,40,kembali", "A,40,kembali"], "nomor 40 kembali, tetapi tidak sedang keluar"),
    ],
)
def test_whom_they_name_is_not_passed_there_either(rows: list[str], what: str) -> None:
    assert _played(*rows) == [what]
