"""Uploading feeds as staff do, with the worker beside it."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bekasi_ektp.management.commands.db_worker import Worker
from integration.models import Batch
from tests.integration.feeds import as_csv
from tests.staff.cast import as_

IMPORT = "/admin/integration/batch/import/"


def a_file(*rows: dict[str, str], name: str = "siak.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_csv(*rows).encode())


def upload(client: Client, *files: SimpleUploadedFile, **data: Any) -> Any:
    return client.post(IMPORT, {"new_source": "SIAK pusat", **data, "feeds": list(files)})


def work(tasks: int | None = None) -> None:
    """Let a worker do what waits."""
    Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=tasks,
        worker_id="test",
    ).run()


def uploaded(client: Client, *rows: dict[str, str]) -> Batch:
    """A batch of one file, not yet examined."""
    answer = upload(client, a_file(*rows))
    assert answer.status_code == 303, answer.content.decode()
    return Batch.objects.latest("pk")


def previewed(client: Client, *rows: dict[str, str]) -> Batch:
    batch = uploaded(client, *rows)
    work()
    batch.refresh_from_db()
    return batch


def page(client: Client, batch: Batch) -> Any:
    return client.get(f"/admin/integration/batch/{batch.pk}/change/")


def confirm(client: Client, batch: Batch) -> Any:
    return client.post(f"/admin/integration/batch/{batch.pk}/terapkan/", {"fingerprint": batch.fingerprint})


def operator() -> Client:
    return as_("operator")


def body(answer: Any) -> str:
    """The whole of a streamed answer."""
    parts: Iterator[bytes] = answer.streaming_content
    return b"".join(parts).decode()
