"""Receives an upload straight into its folder, sealed, however big it is; memory holds a piece of it."""

import errno
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext as _

from .. import uploads

_FORM = 1 << 20  # what a form may weigh beside its files


class Received(UploadedFile):  # type: ignore[type-arg]
    """A file that lies in its folder already; the form needs its name and size."""

    def close(self) -> None:
        """Closed long ago."""


class Receiver(FileUploadHandler):
    """Writes each file as it comes. `failure` says, in the operator's words, why it stopped."""

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
        if self.failure:
            raise StopUpload(connection_reset=False)
        try:
            self.upload = self.upload or uploads.Upload()
            self._writer = self.upload.new_file(self.file_name or "")
        except OSError as error:
            self._fail(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.upload and self._writer:
            self.upload.size += len(raw_data)
            if self.upload.size > uploads.MOST_BYTES:
                self._too_big()
                raise StopUpload(connection_reset=False)
            try:
                self._writer.write(raw_data)
            except OSError as error:
                self._fail(error)
            self._still_busy()

    def file_complete(self, file_size: int) -> Received | None:
        if self._writer is None:
            return None
        try:
            self._writer.close()
        except OSError as error:
            self._fail(error)
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

    def _fail(self, error: OSError) -> None:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        self.status = 507 if full else 500
        self.failure = (
            _("Penyimpanan server penuh; berkas tidak diterima. Beri tahu pengelola sistem, lalu coba lagi.")
            if full
            else _("Berkas tidak dapat disimpan di server. Beri tahu pengelola sistem, lalu coba lagi.")
        )
        raise StopUpload(connection_reset=False) from error
