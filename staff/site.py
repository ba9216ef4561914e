"""The staff site under /admin/: Django's own, with the office's name, the search and the work that waits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from .models import User

ROOMS = {"staff", "outbox", "tracking", "blanks", "delivery", "integration"}


@dataclass(frozen=True)
class Work:
    """One queue of work on the front page: how much, since when, and where it is done."""

    label: str
    count: int
    oldest: datetime | None
    address: str


Waiting = Callable[[User], Iterable[Work]]


class StaffSite(AdminSite):
    """Pages of our rooms alone: tables of libraries have none."""

    site_header = site_title = _("e-KTP Bekasi · petugas")
    index_title = _("Pekerjaan")
    index_template = "staff/index.html"
    login_template = "staff/login.html"
    site_url = "/"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._waiting: list[Waiting] = []
        self._pages: list[tuple[str, Callable[..., HttpResponseBase], str, bool]] = []
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        given: list[Any] = [model_or_iterable]
        if not isinstance(model_or_iterable, type):
            given = list(model_or_iterable)
        super().register([one for one in given if one._meta.app_label in ROOMS], admin_class, **options)

    def page(
        self, route: str, view: Callable[..., HttpResponseBase], name: str, *, before_log_in: bool = False
    ) -> None:
        """A page of a room that shows more than one table. It asks itself whether the person may see it."""
        self._pages.append((route, view, name, before_log_in))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        pages = [
            path(route, view if before_log_in else self.admin_view(view), name=name)
            for route, view, name, before_log_in in self._pages
        ]
        return [*pages, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        """Django's page, with the second step behind it."""
        from .admin.second_step import StaffLogIn

        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": _("Masuk"),
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        return StaffLogIn.as_view(template_name=self.login_template, extra_context=context)(request)

    def waits(self, find: Waiting) -> Waiting:
        """Decorator: a room says what work waits for a person, for the front page."""
        self._waiting.append(find)
        return find

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        user: Any = request.user
        every = [one for find in self._waiting for one in find(user)]
        work = sorted(every, key=lambda one: not one.count)  # what waits first, then what is empty
        return super().index(request, {"work": work, **(extra_context or {})})


site = cast(StaffSite, admin.site)
"""The one site, for rooms that add pages and work to it."""
