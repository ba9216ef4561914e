"""rotate_keys: bring all stored values to the newest keys, while the site runs."""

from typing import Any

from django.core.management.base import BaseCommand

from ...rotation import rotate


class Command(BaseCommand):
    """Segel ulang semua data dengan kunci terbaru."""

    help = "Segel dan indeks ulang semua data pribadi dengan kunci terbaru (EKTP_SEAL_KEYS, EKTP_INDEX_KEYS)."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = rotate()
        self.stdout.write(
            f"{changed} baris disegel ulang. Kunci lama boleh dihapus setelah 30 hari (baris yang ditolak)."
        )
