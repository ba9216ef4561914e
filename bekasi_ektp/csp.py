"""What a browser may do with our pages: nothing from elsewhere, nothing inline, no frame but the widget's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
NOT_FRAMED = POLICY + "'none'"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def headers(get_response: GetResponse) -> GetResponse:
    """Adds them to every answer. A view sets `response.framed_by = settings.FRAME_ANCESTORS` to be framed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        framed_by: list[str] | None = getattr(response, "framed_by", None)
        answer = response.headers
        answer["Content-Security-Policy"] = POLICY + " ".join(framed_by) if framed_by else NOT_FRAMED
        if not framed_by:
            answer["X-Frame-Options"] = "DENY"
        answer["Permissions-Policy"] = PERMISSIONS
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware


def static_headers(headers: dict[str, str], path: str, url: str) -> None:
    """For WhiteNoise, whose answers pass no other middleware."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
