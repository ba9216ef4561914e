"""Log-in of officers: the same accounts, limits and sessions as the staff site's, in their own frame."""

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy


class _Form(AuthenticationForm):
    error_messages = {
        "invalid_login": "Akun atau sandi keliru. Periksa huruf besar dan kecil, lalu coba lagi.",
        "inactive": "Akun ini sudah ditutup. Hubungi penyelia Disdukcapil.",
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.fields["username"].label, self.fields["password"].label = "Akun", "Sandi"


class LogIn(views.LoginView):
    """For whoever comes; an account that is no officer's is sent to the staff site."""

    template_name = "petugas/login.html"
    authentication_form = _Form
    next_page = reverse_lazy("petugas:start")  # type: ignore[assignment]
    redirect_authenticated_user = False

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        user: Any = form.get_user()
        if user.kecamatan_id is None:
            answer["Location"] = reverse("admin:index")
        return answer


log_in = LogIn.as_view()
log_out = views.LogoutView.as_view(next_page=reverse_lazy("petugas:login"))
