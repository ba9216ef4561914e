"""publish: close every day that is over and not published yet."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...publication.closing import InTheFuture, publish


class Command(BaseCommand):
    """Exit 0, also if there is nothing to do; 2 for a day to come and for what is no day."""

    help = "Umumkan semua hari sampai kemarin yang belum diumumkan. Diulang: tidak ada yang berubah."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", metavar="TTTT-BB-HH", help="sampai hari ini atau hari yang lalu")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            days = publish(_day(options["date"]) if options["date"] is not None else None)
        except InTheFuture as error:
            raise CommandError(str(error), returncode=2) from None
        for day in days:
            self.stdout.write(f"{day} diumumkan.")
        if not days:
            self.stdout.write("Tidak ada hari yang perlu diumumkan.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CommandError(f"“{text}” bukan tanggal. Tulis seperti 2017-09-01.", returncode=2) from None
