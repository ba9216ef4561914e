"""Addresses under /kurir/."""

from django.urls import path, re_path

from . import phone, views

ADDRESS = r"(?P<token>[A-Za-z0-9_-]{22})"

urlpatterns = [
    path("sw.js", views.worker, name="courier-worker"),
    path("kerangka/", views.shell_page, name="courier-shell"),
    re_path(rf"^{ADDRESS}/$", views.round_page, name="courier"),
    re_path(rf"^{ADDRESS}/masuk$", phone.enter, name="courier-enter"),
    re_path(rf"^{ADDRESS}/terima$", phone.take_over, name="courier-take-over"),
    re_path(rf"^{ADDRESS}/kirim$", phone.send, name="courier-send"),
    re_path(rf"^{ADDRESS}/mulai/$", views.begin, name="courier-begin"),
    re_path(rf"^{ADDRESS}/(?P<place>[0-9]{{1,18}})/$", views.card_page, name="courier-card"),
    re_path(
        rf"^{ADDRESS}/(?P<place>[0-9]{{1,18}})/serah/$",
        views.attempt_page,
        {"delivered": True},
        name="courier-delivered",
    ),
    re_path(
        rf"^{ADDRESS}/(?P<place>[0-9]{{1,18}})/gagal/$",
        views.attempt_page,
        {"delivered": False},
        name="courier-failed",
    ),
]
