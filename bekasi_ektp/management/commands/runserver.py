"""`runserver`, for whoever works on the program: the demo is served on this machine alone, as gunicorn serves it."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.management.base import CommandError

from ...demo import is_loopback


class Command(runserver.Command):
    """Django's runserver, which refuses to show the demo to others."""

    addr: str

    def run(self, **options: Any) -> None:
        if settings.DEMO and not is_loopback(self.addr):
            raise CommandError(f"DEMO refuses to serve on {self.addr}: only this machine may see it.")
        super().run(**options)
