"""verify: recount every invariant from raw history and name what differs."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ...verify import Invariant, verify


class Command(BaseCommand):
    """Exit 0 if every invariant holds, 1 if one is broken."""

    help = "Hitung ulang semua ketentuan dari riwayat dan sebutkan yang berbeda."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(self._tell if options["verbosity"] > 1 else lambda invariant: None)
        if options["json"]:
            self.stdout.write(report.as_json())
        elif report.ok:
            self.stdout.write(f"{report.checked} ketentuan diperiksa; semuanya cocok.")
        else:
            for problem in report.problems:
                self.stdout.write(f"{problem.invariant}: {problem.what}")
            broken = len({problem.invariant for problem in report.problems})
            self.stderr.write(f"{broken} dari {report.checked} ketentuan tidak terpenuhi.")
        if not report.ok:
            sys.exit(1)

    def _tell(self, invariant: Invariant) -> None:
        self.stderr.write(f"{invariant.name}: {invariant.why}")
