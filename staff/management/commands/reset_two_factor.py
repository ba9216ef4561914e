"""reset_two_factor: the administrator takes away a second step that nobody in the office can."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from staff.models import SecondStepAct, User
from staff.second_step import actions


class Command(BaseCommand):
    """Hapus langkah kedua satu akun."""

    help = "Hapus langkah kedua satu akun (HP dan kode cadangan hilang). Tercatat; semua sesinya berakhir."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--reason", choices=SecondStepAct.Reason.values, default=SecondStepAct.Reason.LOST
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("Tidak ada akun dengan nama itu.", returncode=2)
        if not actions.reset(user, by="command:reset_two_factor", reason=options["reason"]):
            raise CommandError("Akun ini tidak punya langkah kedua. Tidak ada yang berubah.")
        self.stdout.write("Langkah kedua dihapus.")
