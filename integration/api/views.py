"""The addresses under /api/v1/, each with who may ask, what is answered, and every refusal."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from staff.typed import number_in
from tracking.spreadsheets import csv_line

from ..feed.columns import NEEDED, OPTIONAL
from ..feed.rejects import ADDED
from ..intake import rejects_of
from ..models import Batch, Token
from . import answers, changes, openapi, places, sending
from .auth import Bearer
from .places import SOON
from .problems import Kind, Problem, answer, body
from .schemas import BatchStatus, ChangesPage, ChangesQuery, ProblemBody, Summary, Working


class Api(NinjaAPI):
    """Ninja's, with a description that also tells media types, headers, examples and every refusal."""

    def get_openapi_schema(self, *args: Any, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **options)
        openapi.complete(schema)
        return schema


api = Api(
    title="API mitra e-KTP Bekasi",
    version="1",
    description=openapi.DESCRIPTION,
    auth=Bearer(),
    docs_url=None,
    urls_namespace="api",
)


def refusals(*kinds: Kind) -> dict[Any, Any]:
    return {kind.value.status: ProblemBody for kind in kinds}


@api.post(
    "/batches",
    operation_id="sendBatch",
    summary="Kirim satu kiriman",
    tags=["Kiriman"],
    response={200: Summary, 201: Summary, 202: Working} | refusals(*openapi.REFUSALS["sendBatch"]),
)
def send_batch(request: HttpRequest) -> HttpResponse:
    return sending.send(request)


@api.get(
    "/batches/{batch_id}",
    operation_id="readBatch",
    summary="Lihat keadaan kiriman",
    tags=["Kiriman"],
    response={200: BatchStatus} | refusals(*openapi.REFUSALS["readBatch"]),
)
def read_batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    return answers.status(_batch(request, batch_id))


@api.get(
    "/batches/{batch_id}/rejects",
    operation_id="readRejects",
    summary="Ambil baris yang ditolak",
    tags=["Kiriman"],
    response={200: str} | refusals(*openapi.REFUSALS["readRejects"]),
)
def read_rejects(request: HttpRequest, batch_id: str) -> HttpResponse | StreamingHttpResponse:
    batch = _batch(request, batch_id)
    if not batch.is_over:
        raise Problem(Kind.BATCH_AT_WORK, retry_after=SOON)
    if batch.rejected and not batch.reject_chunks.exists():
        raise Problem(Kind.REJECTS_GONE)
    lines = Lines(batch, places.Place(), request.META.get("ektp.still_busy"))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ditolak-{batch.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@api.get(
    "/changes",
    operation_id="readChanges",
    summary="Baca perubahan kartu",
    tags=["Perubahan"],
    response={200: ChangesPage} | refusals(*openapi.REFUSALS["readChanges"]),
)
def read_changes(request: HttpRequest, asked: Query[ChangesQuery]) -> HttpResponse:
    return changes.page(request, asked.after, asked.limit)


class Lines:
    """Rejected rows as they are asked for. Who reads slowly keeps a web worker, so they have a place of their own."""

    def __init__(self, batch: Batch, place: places.Place, still_busy: Callable[[], None] | None) -> None:
        self._batch, self._still_busy = batch, still_busy
        self.close = place.close

    def __iter__(self) -> Iterator[str]:
        if not self._batch.rejected:
            yield csv_line([*NEEDED, *OPTIONAL, *ADDED[1:]])
        for some in rejects_of(self._batch):
            if self._still_busy:
                self._still_busy()
            yield some


def _batch(request: HttpRequest, key: str) -> Batch:
    token: Token = request.auth  # type: ignore[attr-defined]
    batch = _of(token).filter(pk=number_in(key) or 0).first()
    if batch is None:
        raise Problem(Kind.NOT_FOUND)
    return batch


def _of(token: Token) -> QuerySet[Batch]:
    """The batches that a token may read: those of its source, and of its kecamatan if it has one."""
    batches = Batch.objects.select_related("source").filter(source=token.source)
    return batches if token.kecamatan_id is None else batches.filter(kecamatan=token.kecamatan_id)


@api.exception_handler(Problem)
def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer(problem)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [{"name": str(one["loc"][-1]), "message": str(one["msg"])} for one in error.errors]
    names = ", ".join(dict.fromkeys(one["name"] for one in wrong))
    return answer(Problem(Kind.PARAMETER_INVALID, f"Periksa parameter {names}.", errors=wrong))


@api.exception_handler(OperationalError)
def unavailable(request: HttpRequest, error: OperationalError) -> HttpResponse:
    openapi.log.exception("The database did not answer a partner")
    return answer(Problem(Kind.UNAVAILABLE, retry_after=5))


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    openapi.log.exception("A partner's request failed")
    return answer(Problem(Kind.FAULT))


__all__ = ["api", "body"]
