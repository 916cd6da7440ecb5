"""Execute a notebook from the top, and measure what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from nlpcourse.notebooks.cells import Cell, Notebook, formatted, read, tags, write


def run(
    path: Path,
    write_back: bool = True,
    pin: bool = False,
    environment: dict[str, str] | None = None,
) -> Cost:
    """Execute a notebook from the top in a new kernel, one thread; return its cost.

    Args:
        path: the notebook.
        write_back: store the outputs in place; cells tagged ``quiz`` or ``widget`` run but store
            nothing.
        pin: bind the kernel to one core, where the system can.
        environment: variables to add.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedFile: it is no notebook.
        RuntimeError: a cell failed; its error was printed.
    """
    formatted(read(path))  # what can't be read is told here, in one line
    code = (
        "import json, sys; from nlpcourse.notebooks.run import _execute; "
        "from pathlib import Path; _execute(Path(sys.argv[1]), *(a == '1' for a in sys.argv[2:]))"
    )
    env = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(path),
            str(int(write_back)),
            str(int(pin)),
        ],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{path.name} did not run to its end; the error stands above"
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Cost(found["seconds"], found["memory_mb"])


@dataclass(frozen=True)
class Cost:
    """Wall time in seconds and peak memory of the kernel in megabytes."""

    seconds: float
    memory_mb: float


_PEAK = "from nlpcourse.course.machine import peak_memory_mb\nprint(peak_memory_mb(True))"


def _execute(path: Path, write_back: bool, pin: bool) -> None:
    """Run in a process of its own and print the cost as JSON; see :func:`run`."""
    import nbformat
    from nbclient import NotebookClient

    if pin and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    source = formatted(read(path))
    node = nbformat.from_dict(source)
    client = NotebookClient(
        node,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    started = time.perf_counter()
    with client.setup_kernel():
        for index, cell in enumerate(node.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - started
        probe = nbformat.v4.new_code_cell(_PEAK)
        node.cells.append(probe)
        client.execute_cell(probe, len(node.cells) - 1, store_history=False)
        memory = float(probe.outputs[0]["text"])
        node.cells.pop()
    if write_back:
        write(path, _tidy(json.loads(nbformat.writes(node))))
    print(json.dumps({"seconds": seconds, "memory_mb": memory}))


def _tidy(notebook: Notebook) -> Notebook:
    """Drop what differs between two runs of the same notebook, and join streams."""
    for cell in notebook["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
        cell["metadata"].pop("execution", None)
        if cell["cell_type"] == "code":
            unstored = {"quiz", "widget"} & set(tags(cell))
            cell["outputs"] = [] if unstored else _joined(cell["outputs"])
    return formatted(notebook)


def _joined(outputs: list[Cell]) -> list[Cell]:
    """Join what was printed in one go and arrived in pieces, as it does on a busy machine."""
    joined: list[Cell] = []
    for output in outputs:
        text = output.get("text", "")
        piece = {**output, "text": "".join(text)} if text else output
        last = joined[-1] if joined else {}
        if (
            piece["output_type"] == last.get("output_type") == "stream"
            and piece["name"] == last["name"]
        ):
            last["text"] += piece["text"]
        else:
            joined.append(piece)
    return joined
