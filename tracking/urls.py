"""The citizen's pages, in Indonesian at the root and in English under /en/."""

from django.urls import path

from .views import info, lookup, queue, statistics, status

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("status/<str:token>/", status.status, name="status"),
    path("antrean/", queue.queues, name="queues"),
    path("antrean/<str:slug>/", queue.queue, name="queue"),
    path("statistik/", statistics.statistics, name="statistics"),
    path("data/", info.data, name="data"),
    path("bantuan/", info.help_page, name="help"),
    path("privasi/", info.privacy, name="privacy"),
    path("aksesibilitas/", info.accessibility, name="accessibility"),
]
