"""receive_blanks: a shipment into the city store, from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracking.refusals import Refused

from ...actions import receive
from ...ledger import Place
from ...models.serial import SERIES_APART
from ...papers.base import thousands
from ...queries.accounts import balance_of
from ...serials import NoSerial
from ...spans import Span
from ..arguments import whole_number

ACTOR = "command:receive_blanks"
LONGEST = 120


class Command(BaseCommand):
    """Exit 0 with what was booked; 1 refused; 2 wrong usage. Nothing changes but in the first case."""

    help = "Catat kiriman blanko ke gudang kota."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quantity", metavar="QUANTITY", help="banyaknya blanko")
        parser.add_argument("--first-serial", required=True, metavar="S", help="nomor seri pertama")
        parser.add_argument("--document", required=True, metavar="NO", help="nomor surat jalan")

    def handle(self, *args: Any, **options: Any) -> None:
        quantity, number = whole_number(options["quantity"], "QUANTITY"), options["document"].strip()
        if not number or len(number) > LONGEST or not number.isprintable():
            raise CommandError(f"Nomor surat jalan berisi 1 sampai {LONGEST} huruf atau angka.", returncode=2)
        try:
            shipment = Span.of(options["first_serial"], quantity)
        except NoSerial as error:
            raise CommandError(f"{error}", returncode=2) from None
        if shipment.last >= SERIES_APART:
            raise CommandError("Nomor seri terakhir lebih dari 18 angka.", returncode=2)
        try:
            document = receive([shipment], by=ACTOR, number=number, on_paper=quantity, source="command")
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"{thousands(quantity)} blanko ({shipment}) diterima ke gudang kota dengan {document.number}. "
            f"Gudang kota sekarang {thousands(balance_of(Place.STORE))}."
        )
