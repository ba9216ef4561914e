"""allocate_blanks: divide blanks of the city store over the kecamatan."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracking.refusals import Refused

from ...actions import divide
from ...division import Proposal, Strategy, propose
from ...ledger import Place
from ...queries.accounts import balance_of
from ..arguments import whole_number

ACTOR = "command:allocate_blanks"


class Command(BaseCommand):
    """None beyond what a kecamatan needs; the rest stays in the store."""

    help = "Bagikan blanko dari gudang kota ke jatah kecamatan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quantity", metavar="QUANTITY", help="banyaknya blanko")
        parser.add_argument(
            "--strategy", choices=Strategy.values, default=Strategy.PROPORTIONAL, help="cara membagi"
        )
        parser.add_argument("--dry-run", action="store_true", help="hanya hitung; tidak ada yang berubah")
        parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        quantity = whole_number(options["quantity"], "QUANTITY")
        strategy = str(options["strategy"])
        number = ""
        if quantity > (store := balance_of(Place.STORE)):
            raise CommandError(f"Di gudang kota hanya ada {store} blanko.")
        if options["dry_run"]:
            proposal = propose(quantity, strategy)
        else:
            try:
                document, proposal = divide(quantity, by=ACTOR, strategy=strategy, source=ACTOR)
            except Refused as refused:
                raise CommandError(str(refused)) from None
            number = document.number if document else ""
        self._report(proposal, number, as_json=options["json"])

    def _report(self, proposal: Proposal, number: str, *, as_json: bool) -> None:
        if as_json:
            quotas = {share.slug: share.gets for share in proposal.shares}
            said = {"quantity": proposal.quantity, "allocated": proposal.allocated, "left": proposal.left}
            self.stdout.write(json.dumps({**said, "quotas": quotas}))
            return
        self.stdout.write(f"Pembagian {number}" if number else "Tidak ada yang berubah")
        for share in proposal.shares:
            until = f", sampai {share.reaches}" if share.reaches else ""
            self.stdout.write(f"  {share.name:<20} {share.gets:>8}   jatah {share.quota_after}{until}")
        self.stdout.write(f"Dibagikan {proposal.allocated}; tetap di gudang kota {proposal.left}.")
