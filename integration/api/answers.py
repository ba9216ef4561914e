"""What the API says of a batch."""

from django.http import HttpResponse, JsonResponse

from ..feed import errors
from ..models import Batch
from .places import SOON
from .problems import Kind, Problem, answer

State = Batch.State
_TOO_MUCH = {errors.TOO_MANY_ROWS: Kind.TOO_MANY_ROWS}


def address(batch: Batch) -> str:
    return f"/api/v1/batches/{batch.pk}"


def outcome(batch: Batch, *, replayed: bool = False) -> HttpResponse:
    """The answer to whoever sent it: 201 with the summary (200 if sent before), 202, or why it was refused."""
    headers = {"Location": address(batch)} | ({"Idempotent-Replayed": "true"} if replayed else {})
    response: HttpResponse
    if batch.state == State.APPLIED:
        response = JsonResponse(batch.summary(), status=200 if replayed else 201)
    elif batch.state == State.CONFIRMED:
        waiting = {
            "batch": batch.pk,
            "source": batch.source.slug,
            "state": "working",
            "address": address(batch),
        }
        response = JsonResponse(waiting, status=202)
        headers["Retry-After"] = str(SOON)
    else:
        return answer(_refused(batch, headers))
    for name, value in (headers | {"Cache-Control": "no-store"}).items():
        response.headers[name] = value
    return response


def status(batch: Batch) -> JsonResponse:
    """The answer to whoever asks for a batch."""
    states = {State.APPLIED: "applied", State.CONFIRMED: "working", State.UPLOADED: "working"}
    said = batch.summary() | {
        "state": states.get(State(batch.state), "waiting" if batch.state == State.PREVIEWED else "refused"),
        "received": batch.created_at.isoformat(),
        "finished": batch.finished_at.isoformat() if batch.finished_at else None,
        "message": batch.message,
        "unknown_columns": batch.unknown_columns,
        "rejects": f"{address(batch)}/rejects" if batch.rejected else None,
    }
    response = JsonResponse(said)
    response.headers["Cache-Control"] = "no-store"
    if not batch.is_over:
        response.headers["Retry-After"] = str(SOON)
    return response


def _refused(batch: Batch, headers: dict[str, str]) -> Problem:
    if batch.fault == errors.INTERNAL:
        return Problem(Kind.FAULT, batch=batch.pk)
    kind = _TOO_MUCH.get(batch.fault, Kind.FILE_UNREADABLE)
    return Problem(kind, batch.message, headers=headers, fault=batch.fault, batch=batch.pk)
