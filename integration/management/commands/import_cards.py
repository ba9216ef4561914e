"""import_cards: take in feed files from the command line."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...feed import UnreadableFile, errors, open_feed
from ...intake import take_in
from ...models import Batch, Source
from ..arguments import slug_of
from ..whole_file import whole_file


class Command(BaseCommand):
    """Takes in feed files (CSV or XLSX, `-`: standard input) as one batch."""

    help = "Masukkan berkas data (CSV atau XLSX; - untuk masukan standar) sebagai satu kiriman."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--source", required=True, metavar="SLUG", help="kode sumber data")
        parser.add_argument("--dry-run", action="store_true", help="hanya periksa; tidak ada yang berubah")
        parser.add_argument("--rejects", metavar="FILE", help="tulis baris yang ditolak ke berkas ini (CSV)")
        parser.add_argument("--json", action="store_true", help="ringkasan sebagai satu objek JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = slug_of(options["source"])
        if options["files"].count("-") > 1:
            raise CommandError("Masukan standar (-) hanya dapat dibaca sekali.", returncode=2)
        with ExitStack() as stack:
            rejects = self._rejects(stack, options["rejects"])
            try:
                batch = self._take_in(options, slug, rejects)
            except UnreadableFile as error:
                raise CommandError(error.message) from None
        self._report(batch, options)

    def _rejects(self, stack: ExitStack, path: str | None) -> Any:
        if path is None:
            return None
        try:
            return stack.enter_context(whole_file(Path(path)))
        except OSError as error:
            raise CommandError(f"Berkas penolakan {path} tidak dapat ditulis: {error.strerror}.") from None

    def _take_in(self, options: dict[str, Any], slug: str, rejects: Any) -> Batch:
        feed = open_feed(options["files"])
        if options["dry_run"]:
            source = Source.objects.filter(slug=slug).first() or Source(slug=slug)
            batch = Batch(source=source, actor=f"source:{slug}")
        else:
            source, _ = Source.objects.get_or_create(slug=slug)
            batch = Batch.objects.create(
                source=source,
                door=Batch.Door.COMMAND,
                actor=f"source:{slug}",
                files=feed.names,
                state=Batch.State.CONFIRMED,
            )

        def write(lines: Iterator[str]) -> None:
            try:
                rejects.writelines(lines)
                rejects.flush()
            except OSError as error:
                raise UnreadableFile(
                    errors.INTERRUPTED,
                    f"Berkas penolakan {options['rejects']} tidak dapat ditulis: {error.strerror}. "
                    "Tidak ada yang diterapkan.",
                ) from error

        try:
            return take_in(
                feed,
                batch,
                apply=not options["dry_run"],
                on_rejects=write if rejects else None,
                progress=self._progress if sys.stderr.isatty() else None,
            )
        except UnreadableFile as error:
            if batch.pk:
                batch.state, batch.message, batch.fault = Batch.State.REFUSED, error.message, error.code
                batch.save(update_fields=["state", "message", "fault"])
            raise

    def _progress(self, done: int, total: int) -> None:
        share = done / max(total, 1)
        bar = ("#" * int(share * 40)).ljust(40, ".")
        end = "\n" if done >= total else ""
        self.stderr.write(f"\r[{bar}] {share:4.0%}", ending=end)

    def _report(self, batch: Batch, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(batch.summary()))
            return
        title = "Percobaan, tidak ada yang berubah" if options["dry_run"] else f"Kiriman #{batch.pk}"
        self.stdout.write(f"{title}: {batch.read} baris dibaca dalam {batch.seconds:.1f} detik")
        for name in ("created", "updated", "unchanged", "stale", "rejected"):
            label = getattr(Batch._meta.get_field(name), "verbose_name", name)
            self.stdout.write(f"  {label:<12} {getattr(batch, name):>9}")
        for reason, n in batch.reasons.items():
            self.stdout.write(f"    {reason:<20} {n:>9}")
        if batch.unknown_columns:
            self.stdout.write(f"  Kolom yang tidak dikenal: {', '.join(batch.unknown_columns)}")
