"""The site's addresses, and beside them the peers' pages in the same public chain."""

from django.urls import path

from bekasi_ektp.urls import handler400, handler403, handler404, handler500
from bekasi_ektp.urls import urlpatterns as site

from . import peers

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("peer/empty/", peers.empty),
    path("peer/insert/", peers.insert),
    path("peer/lookup/<int:card_id>/", peers.look_up),
    path("peer/plain/<str:token>/", peers.plain),
    path("en/peer/plain/<str:token>/", peers.plain),
    *site,
]
