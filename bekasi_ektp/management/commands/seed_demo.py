"""seed_demo: fill the demo's database with invented people."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ... import seed

MOST = 10_000_000


def _cards(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"a whole number from 1 to {MOST}, not {text!r}")
    return int(text)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"a whole number, not {text!r}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"a day as YYYY-MM-DD, not {text!r}") from None


class Command(BaseCommand):
    """Invented citizens and the whole history of their cards; same numbers and day, same data."""

    help = "Isi basis data demo dengan warga rekaan dan seluruh riwayat kartunya."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cards", type=_cards, default=180_000, metavar="N", help="banyaknya kartu")
        parser.add_argument("--seed", type=_seed, default=1, metavar="S", help="benih: benih sama, data sama")
        parser.add_argument(
            "--today",
            type=_day,
            metavar="YYYY-MM-DD",
            help="riwayat berakhir pada awal hari ini (bawaan: hari ini)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            examples = seed.seed_demo(
                options["cards"], seed=options["seed"], today=options["today"] or timezone.localdate()
            )
        except (seed.NotTheDemos, seed.AlreadyAtIt) as error:
            raise CommandError(str(error)) from None
        except seed.AlreadySeeded as there:
            self.stdout.write(f"Data demo sudah ada ({there.cards} kartu); tidak ada yang diubah.")
            return
        self.stdout.write("NIK rekaan untuk dicoba:")
        for shown, nik in examples:
            self.stdout.write(f"  {nik}  {shown}")
