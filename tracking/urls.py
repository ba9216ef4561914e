"""The citizen's pages, in Indonesian at the root and in English under /en/."""

from django.urls import URLPattern, path

from .views import data, info, lookup, queue, receipt, report, statistics, status, waiting


def published(prefix: str) -> list[URLPattern]:
    """The files of a day under this address, newest or dated."""
    described = ("integritas.json", "datapackage.json", "skema.json", "dcat.jsonld", "feed.json")
    return [
        path(f"{prefix}progres.json", data.progress),
        path(f"{prefix}catatan.txt", data.log),
        *(path(prefix + name, data.described, {"what": name.split(".")[0]}) for name in described),
        path(f"{prefix}antrean/<slug:slug>.csv", data.queue_log),
        path(f"{prefix}<slug:name>.csv", data.table),
    ]


urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("status/<str:token>/", status.status, name="status"),
    path("status/<str:token>/qr.svg", status.qr, name="status-qr"),
    path("status/<str:token>/lapor/", report.report, name="report"),
    path("tanda-terima/<str:token>/", receipt.receipt, name="receipt"),
    path("tanda-terima/<str:token>/bukti.json", receipt.proofs, name="proofs"),
    path("tunggu/<str:token>/", waiting.wait, name="waiting"),
    path("berhenti/<str:token>/", receipt.stop_news, name="stop_news"),
    path("widget/", lookup.widget, name="widget"),
    path("antrean/", queue.queues, name="queues"),
    path("antrean/<str:slug>/", queue.queue, name="queue"),
    path("statistik/", statistics.statistics, name="statistics"),
    path("statistik/<slug:name>.csv", statistics.file, name="statistics-file"),
    path("data/", data.index, name="data"),
    *published("data/"),
    *published("data/<str:day>/"),
    path("data/<str:day>/", data.index, name="data_day"),
    path("bantuan/", info.help_page, name="help"),
    path("privasi/", info.privacy, name="privacy"),
    path("aksesibilitas/", info.accessibility, name="accessibility"),
]
