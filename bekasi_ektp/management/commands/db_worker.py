"""db_worker: the library's worker, which between two tasks keeps house."""

import logging
import time
from typing import Any

from django_tasks_db.management.commands import db_worker as library

from blanks import keeping as blanks
from delivery import keeping as delivery
from integration import keeping as integration
from outbox import sending as outbox
from staff import keeping as staff
from tracking import keeping as tracking

EVERY = 60.0  # seconds
LOOK = 3.0


class Worker(library.Worker):
    """Works off the queue, again and again; what a killed worker left is taken up at the start."""

    batch: bool

    def run(self) -> None:
        forever, self.batch = not self.batch, True
        kept = looked = 0.0
        while self.running:
            if not kept or time.monotonic() - kept > EVERY:
                _keep_house()
                kept = time.monotonic()
            _send_messages()
            if not looked or time.monotonic() - looked > LOOK:
                _look_around()
                looked = time.monotonic()
            super().run()
            if not forever or not self.running or self._run_tasks == self.max_tasks:
                return
            time.sleep(self.interval)


class Command(library.Command):
    """The worker for long work; part of `make run`."""

    def handle(self, **options: Any) -> None:
        self.configure_logging(options["verbosity"])
        library.logger.setLevel(logging.WARNING)  # it would say every second that there is nothing to do
        worker = Worker(
            queue_names=options["queue_name"].split(","),
            excluded_queue_names=[name for name in options["exclude_queues"].split(",") if name],
            interval=options["interval"],
            batch=options["batch"],
            backend_name=options["backend_name"],
            startup_delay=options["startup_delay"],
            max_tasks=options["max_tasks"],
            worker_id=options["worker_id"],
        )
        worker.configure_signals()
        worker.run()


def _keep_house() -> None:
    for room in (tracking, integration, blanks, delivery, outbox, staff):
        try:
            room.keep_house()
        except Exception:
            logging.getLogger(__name__).exception("Keeping house failed; it is tried again in a minute")


def _send_messages() -> None:
    try:
        outbox.send_due()
    except Exception:
        logging.getLogger(__name__).exception("Sending messages failed; it is tried again at once")


def _look_around() -> None:
    try:
        integration.look_around()
    except Exception:
        logging.getLogger(__name__).exception(
            "Looking into the drop folder failed; it is tried again in a moment"
        )
