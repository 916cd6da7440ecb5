"""What a process has used of its machine; the one way in which the course measures it."""

from __future__ import annotations

import sys


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process so far, in MB (10⁶ bytes)."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
