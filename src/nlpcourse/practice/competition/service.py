"""The scoring service: HTTP on this machine alone, with bounds on size, time and number."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nlpcourse.practice.competition.host import Competition, Refused
from nlpcourse.practice.competition.submission import LARGEST

SECONDS = 10.0
"""A request is read within so many seconds, or dropped."""
AT_ONCE = 16
"""Requests that are served at the same time; the next one is told to come back."""


class Service(ThreadingHTTPServer):
    """Serves a competition on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True

    def __init__(
        self, competition: Competition, port: int = 0, seconds: float = SECONDS
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.competition, self.seconds = competition, seconds
        self.places = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a request in a thread of its own, if there is room for one more."""
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.sendall(b"HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n")
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve it, and cut it off when its time is up, however slowly it speaks."""
        watch = threading.Timer(2 * self.seconds, _cut, [request])
        watch.daemon = True
        watch.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            watch.cancel()
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke off."""

    @property
    def url(self) -> str:
        """The address, such as ``http://127.0.0.1:8039``."""
        return f"http://127.0.0.1:{self.server_address[1]}"


def _cut(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One request: the bundle, the boards, or a submission."""

    server: Service
    server_version, sys_version = "nlpcourse-competition", ""
    protocol_version = "HTTP/1.0"

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.seconds)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a token stands in the request's head."""

    def do_GET(self) -> None:
        self._serve(self._get)

    def do_POST(self) -> None:
        self._serve(self._post)

    def _serve(self, answer: Any) -> None:
        try:
            host = self.headers.get("Host", "").rpartition(":")[0]
            if host not in ("127.0.0.1", "localhost"):
                raise Refused(
                    "this service is asked as 127.0.0.1 or localhost alone"
                )
            self._send(200, answer())
        except Refused as error:
            self._send(403, {"error": str(error)})
        except ValueError as error:
            self._send(400, {"error": str(error)})
        except OSError:
            self.close_connection = True

    def _get(self) -> dict[str, Any]:
        place = urlsplit(self.path)
        competition = self.server.competition
        if place.path == "/bundle":
            return competition.bundle()
        if place.path == "/board":
            private = "private" in parse_qs(place.query, keep_blank_values=True)
            lines = [asdict(line) for line in competition.board(private)]
            return {"task": competition.rules.task, "lines": lines}
        raise ValueError(
            f"there is no {place.path[:40]!r}; ask for /bundle or /board"
        )

    def _post(self) -> dict[str, Any]:
        place = urlsplit(self.path)
        if place.path != "/submit":
            raise ValueError("hand in at /submit")
        team = parse_qs(place.query).get("team", [""])[0]
        shown = (
            self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        )
        return self.server.competition.submit(team, shown, self._body())

    def _body(self) -> bytes:
        """Read the announced bytes: not more than a submission may have, nor for longer."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise ValueError("say how long the submission is (Content-Length)")
        if int(length) > LARGEST:
            raise ValueError(
                f"a submission has at most {LARGEST:,} bytes; hand in ids and labels alone"
            )
        end, parts, missing = (
            time.monotonic() + self.server.seconds,
            [],
            int(length),
        )
        while missing:
            if time.monotonic() > end:
                raise ValueError("the submission came too slowly; try again")
            part = self.rfile.read1(min(missing, 65536))
            if not part:
                raise ValueError("the submission broke off; try again")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _send(self, status: int, content: dict[str, Any]) -> None:
        raw = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(raw)
