"""Addresses of the officer's pages."""

from django.urls import path

from . import arrival, login, start

app_name = "petugas"
urlpatterns = [
    path("", start.start, name="start"),
    path("masuk/", login.log_in, name="login"),
    path("keluar/", login.log_out, name="logout"),
    path("jemput/", arrival.called, name="called"),
    path("kedatangan/", arrival.arrivals, name="arrivals"),
    path("kedatangan/<int:key>/", arrival.arrival, name="arrival"),
    path("kedatangan/<int:key>/bast.pdf", arrival.record, name="record"),
    path("serah-terima/<int:key>/", arrival.where, name="where"),
]
