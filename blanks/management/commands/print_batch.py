"""print_batch: the next of a kecamatan's queue get their blanks."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracking.models import Kecamatan
from tracking.refusals import Refused

from ...actions import print_batch
from ..arguments import whole_number

ACTOR = "command:print_batch"


class Command(BaseCommand):
    """By letter and number, as many as the quota holds."""

    help = "Ambil tumpukan cetak: kartu berikutnya di antrean satu kecamatan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kecamatan", metavar="KECAMATAN", help="slug, kode, atau nama")
        parser.add_argument("--size", default="100", metavar="N", help="banyaknya kartu (100)")
        parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        size = whole_number(options["size"], "--size")
        place = _kecamatan(options["kecamatan"])
        try:
            batch = print_batch(place.pk, size=size, by=ACTOR, source=ACTOR)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if not options["json"]:
            self.stdout.write(f"Tumpukan {batch.pk}: {batch.size} kartu {place}")
            return
        numbers = [str(card) for card in batch.cards]
        said = {"batch": batch.pk, "kecamatan": place.slug, "size": batch.size, "numbers": numbers}
        self.stdout.write(json.dumps(said))


def _kecamatan(text: str) -> Kecamatan:
    """By slug, code (with or without dots) or name."""
    wanted = " ".join(text.split()).casefold()
    for place in Kecamatan.objects.all():
        if wanted in (place.slug, place.code, place.code.replace(".", ""), place.name.casefold()):
            return place
    raise CommandError(f"Kecamatan '{text}' tidak ada di Kota Bekasi.", returncode=2)
