"""Root addresses: Indonesian at the root, the same in English under /en/; staff's own beside them."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("petugas/", include("delivery.petugas.urls")),
    path("kurir/", include("delivery.kurir.urls")),
    path("api/v1/", include("integration.api.urls")),
    path("", include("tracking.root_urls")),
    *i18n_patterns(
        path("", include("tracking.urls")),
        path("", include("delivery.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "bekasi_ektp.refusing.not_understood"
handler403 = "tracking.views.errors.not_allowed"
handler404 = "bekasi_ektp.refusing.not_found"
handler500 = "bekasi_ektp.refusing.fault"
