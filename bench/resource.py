"""The peer's import: a ModelResource with `use_bulk`, which checks a row with the same code as our feed.

It has the library's own options for speed, and one flat table without history, queue or triggers.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from import_export import resources
from import_export.instance_loaders import CachedInstanceLoader

from integration.feed.columns import Header
from integration.feed.copyformat import EPOCH
from integration.feed.dates import end_of_tomorrow
from integration.feed.examine import Examiner
from integration.feed.reasons import RowFault
from tracking import nik, sealing
from tracking.stages import CENTRAL_STAGE, STEPS

from .models import PeerCard
from .people import HEADER

NAMES = HEADER.split(",")
_LEGAL = {(step.from_stage, step.to_stage) for step in STEPS}
_SEALED = ("nik_sealed", "address_sealed", "phone_sealed")  # never twice the same: their digests are compared


class CardResource(resources.ModelResource):
    """One flat row a person: parse, index, seal, look up, compare, write in bulk."""

    class Meta:
        model = PeerCard
        exclude = ("id",)
        import_id_fields = ("nik_index",)
        use_bulk = True
        batch_size = 1000
        skip_unchanged = True
        report_skipped = False
        skip_diff = True
        skip_html_diff = True
        use_transactions = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.examiner = Examiner(Header(NAMES), None, end_of_tomorrow())
        self.compared = [name for name in self.fields if name not in _SEALED]
        self.before: list[Any] | None = None

    def before_import(self, dataset: Any, **options: Any) -> None:
        """The column that rows are found by; loaders look at it before they look at rows."""
        dataset.append_col([nik.indexes(nik.parse(text))[-1] for text in dataset["NIK"]], header="nik_index")

    def before_import_row(self, row: Any, **options: Any) -> None:
        """Check what the file says, and put it as values into the row."""
        try:
            values = self.examiner.examine([row[name] for name in NAMES])
        except RowFault as fault:
            raise ValidationError(fault.message) from fault
        if values.region_fault or values.place is None:
            raise ValidationError("region_unknown")
        address, phone = values.address.encode(), values.phone.encode()
        row.update(
            nik_sealed=nik.seal(values.digits),
            name=values.name,
            kecamatan_id=values.place.kecamatan_id,
            kelurahan_id=values.place.kelurahan_id,
            rw=values.rw,
            rt=values.rt,
            recorded_at=_moment(values.recorded),
            requested_at=_moment(values.recorded if values.requested is None else values.requested),
            kind=values.kind or "BARU",
            address_sealed=sealing.seal(address, b"address"),
            address_digest=sealing.digest64(address),
            phone_sealed=sealing.seal(phone, b"phone"),
            phone_digest=sealing.digest64(phone),
            code=values.code,
            stage=str(CENTRAL_STAGE[values.code]),
            central_from=_moment(values.status[0]),
        )

    def after_init_instance(self, instance: Any, new: bool, row: Any, **options: Any) -> None:
        """Neither older than what is known, nor an illegal step."""
        self.before = None if new else [getattr(instance, name) for name in self.compared]
        if not new and row["central_from"] < instance.central_from:
            raise ValidationError("stale")
        if not new and row["stage"] != instance.stage and (instance.stage, row["stage"]) not in _LEGAL:
            raise ValidationError("illegal_transition")

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return self.before == [getattr(instance, name) for name in self.compared]


class CachedCardResource(CardResource):
    """The same with the library's loader that reads all rows of the file in one query."""

    class Meta(CardResource.Meta):
        instance_loader_class = CachedInstanceLoader


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
