"""Receives an upload straight into its folder, sealed, however big it is; memory holds a piece of it."""

import errno
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from .. import uploads

_FORM = 1 << 20  # what a form may weigh beside its files


class Received(UploadedFile):  # type: ignore[type-arg]
    """A file that lies in its folder already; the form needs its name and size."""

    def close(self) -> None:
        """Closed long ago."""


class Receiver(FileUploadHandler):
    """Writes each file as it comes. `failure` says, in the operator's words, why it stopped writing.

    What still comes then is read and dropped: a browser shows no answer to a request that was cut off.
    """

    chunk_size = 1 << 18

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        self.upload: uploads.Upload | None = None
        self.failure, self.status = "", 200
        self._writer: uploads.Writer | None = None
        self._still_busy = request.META.get("ektp.still_busy", lambda: None)

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > uploads.MOST_BYTES + _FORM:
            self._too_big()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self.failure:
            self._try(self._begin)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._still_busy()
        if self.upload and self._writer and not self.failure:
            self.upload.size += len(raw_data)
            if self.upload.size > uploads.MOST_BYTES:
                self._too_big()
            else:
                self._try(self._writer.write, raw_data)

    def file_complete(self, file_size: int) -> Received | None:
        if self._writer is None:
            return None
        self._try(self._writer.abandon if self.failure else self._writer.close)
        self._writer = None
        return Received(None, self.file_name, size=file_size)

    def end(self) -> None:
        """Whatever of an upload nobody has sent on is gone."""
        if self._writer:
            self._writer.abandon()
        if self.upload:
            uploads.remove(self.upload.key)

    def _too_big(self) -> None:
        self.status = 413
        self.failure = _("Berkas lebih dari 2 GB. Bagi menjadi beberapa berkas, lalu unggah satu per satu.")

    def _begin(self) -> None:
        self.upload = self.upload or uploads.Upload()
        self._writer = self.upload.new_file(self.file_name or "")

    def _try(self, write: Callable[..., None], *what: bytes) -> None:
        try:
            write(*what)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            self.status = 507 if full else 500
            self.failure = (
                _("Penyimpanan server penuh; berkas tidak diterima. Beri tahu pengelola sistem.")
                if full
                else _("Berkas tidak dapat disimpan di server. Beri tahu pengelola sistem, lalu coba lagi.")
            )
