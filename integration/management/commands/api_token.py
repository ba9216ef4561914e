"""api_token: give out a partner's token."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime

from tracking.models import Kecamatan

from ...models import Source
from ...tokens import DAYS, MOST_DAYS, TwoAreValid, issue
from ..arguments import slug_of

ACTOR = "command:api_token"


class Command(BaseCommand):
    """Prints the token, once, and nothing else on standard output."""

    help = "Buat token mitra untuk satu sumber data; token hanya tampil sekali."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SOURCE", help="kode sumber data; dibuat bila belum ada")
        parser.add_argument("--kecamatan", metavar="K", help="slug, kode, atau nama; bawaan: seluruh kota")
        parser.add_argument("--days", default=str(DAYS), metavar="N", help=f"masa berlaku ({DAYS} hari)")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if not days.isascii() or not days.isdecimal() or not 1 <= int(days[:9]) <= MOST_DAYS:
            raise CommandError(f"--days harus bilangan 1 sampai {MOST_DAYS}, bukan '{days}'.", returncode=2)
        slug = slug_of(options["source"])
        kecamatan = None if options["kecamatan"] is None else _kecamatan(options["kecamatan"])
        source, _made = Source.objects.get_or_create(slug=slug)
        try:
            token, words = issue(source, by=ACTOR, kecamatan=kecamatan, days=int(days))
        except TwoAreValid as full:
            raise CommandError(str(full.__doc__)) from None
        self.stderr.write(
            f"Token untuk {source}, {kecamatan or 'seluruh kota'}, berlaku sampai {localtime(token.expires_at):%Y-%m-%d}. "
            "Simpan sekarang; token ini tidak dapat ditampilkan lagi:"
        )
        self.stdout.write(words)


def _kecamatan(text: str) -> Kecamatan:
    """By slug, code (with or without dots) or name."""
    wanted = " ".join(text.split()).casefold()
    for place in Kecamatan.objects.all():
        if wanted in (place.slug, place.code, place.code.replace(".", ""), place.name.casefold()):
            return place
    raise CommandError(f"Kecamatan '{text}' tidak ada di Kota Bekasi.", returncode=2)
