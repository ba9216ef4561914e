"""What a person does with an upload: send it, confirm its preview, take it back."""

import re

from django.db import transaction
from django.utils.text import slugify

from staff.models import User

from . import uploads
from .models import Batch, Source
from .tasks import enqueue

State = Batch.State
WAITING = (State.UPLOADED, State.PREVIEWED, State.CONFIRMED)


def source_named(name: str) -> Source:
    """The source of this name or code; made if there is none."""
    name = re.sub(r"\s+", " ", name).strip()
    slug = slugify(name)[:60].strip("-_")
    known = Source.objects.filter(slug=slug).first() or Source.objects.filter(name__iexact=name).first()
    return known or Source.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def send(*, by: User, source: Source, upload: uploads.Upload) -> Batch:
    """Keep the upload as a batch and have it examined."""
    with transaction.atomic():
        batch = Batch.objects.create(
            source=source, actor=by.actor, files=upload.names, upload=upload.key, size=upload.size
        )
        enqueue(batch)
    return batch


def confirm(batch_id: int, *, by: User, fingerprint: str) -> bool:
    """Have the preview applied that this person has seen. False if it is not, or no longer, that one."""
    with transaction.atomic():
        seen = Batch.objects.filter(
            pk=batch_id, actor=by.actor, state=State.PREVIEWED, fingerprint=fingerprint
        )
        if not seen.update(state=State.CONFIRMED, done=0, message=""):
            return False
        enqueue(Batch.objects.get(pk=batch_id))
    return True


def withdraw(batch_id: int, *, by: User) -> bool:
    """Take back an own upload that is not being applied. False if it is too late."""
    batch = Batch.objects.filter(pk=batch_id, actor=by.actor, state__in=(State.UPLOADED, State.PREVIEWED))
    if not batch.update(state=State.WITHDRAWN):
        return False
    uploads.remove(Batch.objects.get(pk=batch_id).upload)
    return True
