"""Assign chapters, collect what comes back, and grade it from outside.

What a student hands in is somebody else's program.  It runs in a process tree of its own that sees
nothing of the class (:mod:`nlpcourse.grading.sandbox`), and the checks ask it across the border,
with plain data both ways (:mod:`nlpcourse.grading.plain`), so that nothing in it reaches the judge
(:mod:`nlpcourse.grading.judge`).
"""
