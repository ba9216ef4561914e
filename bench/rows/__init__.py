"""The rows of the table, each measured by one function; some functions measure a few that share their work."""

from collections.abc import Callable, Iterable

from ..results import Row
from . import (
    api,
    blanks,
    courier,
    delivery,
    harvest,
    import_export,
    imports,
    memory,
    pages,
    public,
    publication,
    queue,
    staff,
    steps,
    waiting,
    writers,
)

Measure = Callable[[], Iterable[Row]]

MEASURES: list[tuple[tuple[str, ...], Measure]] = [
    (("first_view",), public.first_view),
    (("statistics_growth", "queue_growth"), public.growth),
    (("public_pages",), public.public_pages),
    (("position_growth",), queue.position_growth),
    (("stage_change", "stage_change_ready", "stage_change_save"), steps.stage_changes),
    (("counters_write",), steps.counters_write),
    (("writers",), writers.writers),
    (("import_new", "import_changed", "import_unchanged"), imports.import_feeds),
    (("import_ie_new", "import_ie_changed", "import_ie_unchanged"), import_export.import_export),
    (("import_memory",), memory.import_memory),
    (("import_wait",), waiting.import_wait),
    (("admin_list", "admin_search"), staff.admin),
    (("status_page", "status_page_plain"), pages.status_page),
    (("print_batch_growth",), blanks.print_batch_growth),
    (("print_results",), blanks.print_results),
    (("allocate_growth",), blanks.allocate_growth),
    (("receive_growth",), blanks.receive_growth),
    (("ledger_writers",), blanks.ledger_writers),
    (("forecast",), blanks.forecast),
    (("verify",), blanks.verify),
    (("publish_growth",), publication.publish_growth),
    (("publish_hash",), publication.publish_hash),
    (("check_month",), publication.check_month),
    (("api_batch",), api.api_batch),
    (("api_small",), api.api_small),
    (("api_memory",), api.api_memory),
    (("feed_growth",), api.feed_growth),
    (("public_beside_api",), api.public_beside_api),
    (("handover",), delivery.handover),
    (("bast",), delivery.bast),
    (("officer_start",), delivery.officer_start),
    (("harvest",), harvest.harvest),
    (("sync",), courier.sync),
    (("sync_writers",), courier.sync_writers),
    (("courier_weight",), courier.courier_weight),
]
