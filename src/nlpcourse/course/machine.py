"""What a process has used of its machine; the one way in which the course measures it."""

from __future__ import annotations

import sys


def peak_memory_mb(children: bool = False) -> float:
    """Return the largest resident memory of this process so far, in MB (10⁶ bytes).

    Args:
        children: add that of the largest of the processes that it started and that ended; it
            counts with no less than this process held when it started it, so that the sum may be
            too large and is never too small.
    """
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    whose = [resource.RUSAGE_SELF] + [resource.RUSAGE_CHILDREN] * children
    unit = 1 if sys.platform == "darwin" else 1024
    return sum(resource.getrusage(who).ru_maxrss for who in whose) * unit / 1e6
