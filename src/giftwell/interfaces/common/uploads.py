"""The most that a form may carry in files, judged before a byte of it is read."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 130 * 1024 * 1024
"""A little more than the largest file that any form takes, for what stands around it."""


class Bounded(FileUploadHandler):
    """Refuses a body that says it is larger; one that says less than it has is not read beyond that."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - as Django names it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Judge the whole body. Raises RequestDataTooBig."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig("the files of this form are too large")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Give it on to the handlers that keep it."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing."""
        return
