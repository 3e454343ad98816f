"""One connection of the web part: whoever sends a request without an end is not listened to without an end.

uvicorn itself keeps a head of any size and waits for the rest of a request for ever, before the application sees any
of it.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: The application refuses a head above 16 KB in its own words; this is where nobody reads any more.
LONGEST_HEAD: Final = 65536
#: From the first byte of a request, or from the connection, to the last byte of its body.
REQUEST_SECONDS: Final = 30.0

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b'connection: close\r\ncontent-length: 29\r\n\r\n{"error":"headers_too_large"}'
)


class Connection(HttpToolsProtocol):
    """What uvicorn makes of a socket, with an end to the size of a head and to the time that a request takes."""

    patience = REQUEST_SECONDS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_in_head = False
        self._is_of_use = False
        #: Bytes that are kept and of which nobody was told yet: of a head, or of a field behind the body.
        self._kept = 0
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._is_of_use = False
        super().data_received(data)
        if self._is_of_use and not self._is_in_head:
            self._kept = 0
            return
        # One read may hold the end of a body, too, so alone it is never too much.
        self._kept += min(len(data), LONGEST_HEAD)
        if self._kept > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._kept = True, 0
        self._expect()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head; those behind a body are nobody's, and there may be any number of them."""
        self._is_of_use = True
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._kept = False, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._is_of_use = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._arrived()
        self._is_of_use = True
        super().on_message_complete()

    def _expect(self) -> None:
        self._arrived()
        self._end = self.loop.call_later(self.patience, self.transport.close)

    def _arrived(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
