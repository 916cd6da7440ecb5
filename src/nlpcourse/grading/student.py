"""What runs inside the sandbox: the student's cells, and then their functions when asked.

Nothing here is trusted, because the student's code shares the process with it: it can change this
module at will, and gains no more than the right to give wrong answers.  So it holds no check, no
solution and no mark; it gets cells and arguments, and gives back what became of them.

    python -m nlpcourse.grading.student READ WRITE      # two open descriptors
"""

from __future__ import annotations

import os
import sys
import traceback
from collections import deque
from typing import Any

from nlpcourse.grading import gradients, largest, plain, seeds
from nlpcourse.grading.wire import Silence, Wire


class Room:
    """The names that the student's cells make, and what the judge asks of them."""

    def __init__(self, wire: Wire) -> None:
        """Begin with an empty namespace in IPython, so that magics and `display` work."""
        from IPython.core.interactiveshell import InteractiveShell

        self.wire = wire
        self.shell = InteractiveShell.instance()
        self.shell.history_manager.enabled = False
        self.kept: dict[int, Any] = {}
        self.count = 0
        self.graphs: deque[int] = deque()
        self.leaves: list[Any] = []
        self.seeded: set[str] = set()

    def serve(self) -> None:
        """Answer the judge until it hangs up."""
        while True:
            try:
                request = plain.decode(self.wire.receive(), self._callback)
            except Silence:
                return
            try:
                answer = getattr(self, f"do_{request['do']}")(request)
            except (SystemExit, KeyboardInterrupt) as error:
                answer = _failed(error)
            except BaseException as error:
                answer = _failed(error)
            self._reply(answer)

    def _reply(self, answer: dict[str, Any]) -> None:
        try:
            message = plain.encode(answer, self._keep)
        except Exception as error:  # a value may lie about its class
            message = plain.encode(_failed(error))
        self.wire.send(message)

    def do_begin(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let `check` wait for the grading, and `parameters` be those of this class."""
        import nlpcourse.exercises

        drawn: Any = request["parameters"]
        room: dict[str, Any] = vars(nlpcourse.exercises)
        room["parameters"] = lambda exercise: dict(drawn[exercise])
        room["check"] = lambda *_: print("This is checked when it is graded.")
        return {"ok": True}

    def do_run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell; say whether it went through."""
        seeds.sow(self.seeded)
        result = self.shell.run_cell(request["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return {"ok": True} if error is None else _failed(error)

    def do_look(self, request: dict[str, Any]) -> dict[str, Any]:
        """Say what a name stands for: nothing, a function, or a value."""
        space = self.shell.user_ns
        if request["name"] not in space:
            return {"ok": True, "kind": "nothing"}
        value = space[request["name"]]
        if callable(value):
            return {
                "ok": True,
                "kind": "type" if isinstance(value, type) else "function",
            }
        return {"ok": True, "kind": "value", "value": value}

    def do_call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function of the student's; give back its result and its arguments as they are."""
        function = (
            self.kept[request["number"]]
            if "number" in request
            else self.shell.user_ns[request["name"]]
        )
        args, named = request["args"], request["named"]
        self.leaves = gradients.leaves([args, named])
        seeds.sow(self.seeded)
        seeds.take(request.get("states"))
        before = seeds.marks(seeds.states())
        most = 0
        if request.get("watched") and "torch" in sys.modules:
            result, most = largest.of(lambda: function(*args, **named))
        else:
            result = function(*args, **named)
        changed = [a if _may_change(a) else None for a in args]
        drew = seeds.changed(before)
        said = {"drew": drew, "largest": most}
        return {"ok": True, "value": result, "args": changed, **said}

    def do_grad(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a gradient back from an output to the arguments of its call."""
        output, leaves = self.kept[request["number"]]
        found = gradients.of(output, request["gradient"], leaves)
        return {"ok": True, "value": found}

    def _keep(self, value: Any) -> int:
        """Keep what the judge may ask about: a function, or an output with its arguments."""
        self.count += 1
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            self.kept[self.count] = (value, self.leaves)
            self.graphs.append(self.count)
            if len(self.graphs) > gradients.KEPT:
                del self.kept[self.graphs.popleft()]
        else:
            self.kept[self.count] = value
        return self.count

    def _callback(self, number: int) -> Any:
        """Return what stands for a function of the judge's."""

        def ask(*args: Any, **named: Any) -> Any:
            request = {"call": number, "args": list(args), "named": named}
            self.wire.send(plain.encode(request, self._keep))
            answer = plain.decode(self.wire.receive(), self._callback)
            if not answer["ok"]:
                raise ValueError(answer["text"])
            return answer["value"]

        return ask


def _may_change(value: Any) -> bool:
    torch = sys.modules.get("torch")
    array = hasattr(value, "dtype") and hasattr(value, "shape")
    network = torch is not None and isinstance(value, torch.nn.Module)
    return isinstance(value, list | dict | set) or (array and not network)


def _failed(error: BaseException) -> dict[str, Any]:
    """Return what went wrong in words: the kind, the message, the line of the student's cell."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if "ipykernel_" in frame.filename or "<ipython-input" in frame.filename
    ]
    return {
        "ok": False,
        "kind": type(error).__name__[:80],
        "text": str(error)[:2000],
        "line": lines[-1] if lines else None,
    }


def main() -> None:
    """Serve on the two descriptors that the command line names."""
    reading, writing = (int(number) for number in sys.argv[1:3])
    os.set_inheritable(reading, False)
    os.set_inheritable(writing, False)
    if "torch" in os.environ.get("NLPCOURSE_LIBRARIES", ""):
        import torch

        from nlpcourse.grading import networks

        torch.set_num_threads(1)
        networks.remember()
    sys.argv = [""]
    room = Room(Wire(reading, writing))
    room.serve()


if __name__ == "__main__":
    main()
