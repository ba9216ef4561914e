"""Blanks from the city store to the quotas of the kecamatan, and back."""

from uuid import UUID

from django.utils import timezone

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.refusals import Refused, action

from ..division import Proposal, propose
from ..ledger import ACCOUNT, QUOTAS, Cause, DocumentKind, Place
from ..models import Account, Document, Movement
from ..refusals import NotEnough
from .paper import booking, move, office_number


class MovedMeanwhile(Refused):
    """Stok atau antrean berubah sejak pratinjau. Belum ada yang dibagi: periksa pratinjau yang baru."""


class ReasonForChange(Refused):
    """Angka yang diubah perlu alasan. Tulis alasannya, lalu kirim lagi."""


class MoreThanDivided(Refused):
    """Angka yang diubah melebihi jumlah yang dibagikan. Kurangi yang lain, atau bagikan jumlah yang lebih besar."""


@action
def divide(
    quantity: int,
    *,
    by: User | str,
    strategy: str,
    expected: str = "",
    changes: dict[int, int] | None = None,
    why: str = "",
    number: str = "",
    request: UUID | None = None,
    source: str = SOURCE,
) -> tuple[Document | None, Proposal]:
    """Divide `quantity` blanks, exactly as proposed (`expected`, its fingerprint) or MovedMeanwhile.

    `changes` are single figures that a supervisor sets otherwise, by kecamatan, with `why`. NotEnough if the
    store holds less. The document is None if nobody needs any.
    """
    changes = changes or {}
    with booking(by=by, source=source, request=request) as done:
        proposal = propose(quantity, strategy)
        if done:
            return done, proposal
        if expected and proposal.fingerprint != expected:
            raise MovedMeanwhile
        gets = {share.kecamatan_id: share.gets for share in proposal.shares}
        changed = {key: n for key, n in changes.items() if n != gets[key]}
        if changed and not why.strip():
            raise ReasonForChange
        gets |= changed
        total = sum(gets.values())
        if quantity > proposal.store:
            raise NotEnough
        if total > quantity:
            raise MoreThanDivided
        if not total:
            return None, proposal
        document = Document.objects.create(
            kind=DocumentKind.DIVISION,
            number=number or office_number("BAGI"),
            dated=timezone.localdate(),
            counted=total,
            why=why,
            basis=proposal.as_basis(changed),
            request=request,
        )
        Movement.objects.bulk_create(
            Movement(
                document=document,
                cause=Cause.DIVIDED,
                from_account_id=ACCOUNT[Place.STORE],
                to_account_id=QUOTAS + key,
                quantity=n,
            )
            for key, n in gets.items()
            if n
        )
        return document, proposal


@action
def return_quota(
    kecamatan: int,
    quantity: int,
    *,
    by: User | str,
    why: str,
    to: int | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Take blanks out of a quota: back to the store, or to another kecamatan (`to`)."""
    places = [kecamatan, to] if to else [kecamatan]
    with booking(by=by, source=source, request=request, places=places) as done:
        if done:
            return done
        if Account.objects.get(pk=QUOTAS + kecamatan).balance < quantity:
            raise NotEnough
        document = Document.objects.create(
            kind=DocumentKind.RETURN,
            number=office_number("TARIK"),
            dated=timezone.localdate(),
            counted=quantity,
            why=why,
            request=request,
        )
        cause, target = (Cause.MOVED, QUOTAS + to) if to else (Cause.TAKEN_BACK, ACCOUNT[Place.STORE])
        move(document, cause, QUOTAS + kecamatan, target, quantity)
        return document
