"""Messages through a pipe: four bytes of length, then the message.

Both ends may be strangers to each other: a length is checked before anything of that length is
read, and whoever waits says until when.
"""

from __future__ import annotations

import os
import select
import struct
import time

from nlpcourse.grading.plain import LARGEST

_LENGTH = struct.Struct(">I")


class Silence(Exception):
    """The other side has closed the pipe, said too much, or said nothing in time."""


class Wire:
    """One end of two pipes.

    Args:
        incoming: the descriptor to read from.
        outgoing: the descriptor to write to.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        """Keep both descriptors; writing waits for room, within its time, too."""
        self.incoming, self.outgoing = incoming, outgoing
        os.set_blocking(outgoing, False)

    def send(self, message: bytes, seconds: float | None = None) -> None:
        """Send one message.

        Raises:
            Silence: nobody reads it in time, or it is too long.
        """
        if len(message) > LARGEST:
            raise Silence("the message is too long")
        rest = memoryview(_LENGTH.pack(len(message)) + message)
        end = None if seconds is None else time.monotonic() + seconds
        while rest:
            _, ready, _ = select.select([], [self.outgoing], [], _left(end))
            if not ready:
                raise Silence("nobody reads")
            try:
                rest = rest[os.write(self.outgoing, rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Silence("the pipe is closed") from error

    def receive(self, seconds: float | None = None) -> bytes:
        """Return the next message.

        Raises:
            Silence: none came in time, or the pipe was closed.
        """
        end = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, end))
        if length > LARGEST:
            raise Silence("the message is too long")
        return self._read(length, end)

    def _read(self, count: int, end: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            ready, _, _ = select.select([self.incoming], [], [], _left(end))
            if not ready:
                raise Silence("no answer in time")
            try:
                part = os.read(self.incoming, min(count - len(parts), 2**20))
            except OSError as error:
                raise Silence("the pipe is closed") from error
            if not part:
                raise Silence("the pipe is closed")
            parts += part
        return bytes(parts)

    def close(self) -> None:
        """Close both ends."""
        for descriptor in {self.incoming, self.outgoing}:
            try:
                os.close(descriptor)
            except OSError:
                continue


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())
