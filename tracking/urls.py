"""The citizen's pages, in Indonesian at the root and in English under /en/."""

from django.urls import path

from .views import info, lookup, queue, receipt, report, statistics, status, waiting

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("status/<str:token>/", status.status, name="status"),
    path("status/<str:token>/qr.svg", status.qr, name="status-qr"),
    path("status/<str:token>/lapor/", report.report, name="report"),
    path("tanda-terima/<str:token>/", receipt.receipt, name="receipt"),
    path("tunggu/<str:token>/", waiting.wait, name="waiting"),
    path("berhenti/<str:token>/", receipt.stop_news, name="stop_news"),
    path("widget/", lookup.widget, name="widget"),
    path("antrean/", queue.queues, name="queues"),
    path("antrean/<str:slug>/", queue.queue, name="queue"),
    path("statistik/", statistics.statistics, name="statistics"),
    path("statistik/<slug:name>.csv", statistics.file, name="statistics-file"),
    path("data/", info.data, name="data"),
    path("bantuan/", info.help_page, name="help"),
    path("privasi/", info.privacy, name="privacy"),
    path("aksesibilitas/", info.accessibility, name="accessibility"),
]
