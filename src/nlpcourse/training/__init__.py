"""Training: seeds, one loop, and checkpoints beside the log that made them.

A chapter that trains for longer than its notebook may run registers recipes::

    RECIPES = {"lstm-wikitext2-seed0": Recipe(build=build, config={...}, plan=Plan(seed=0, ...))}

and ``nlpcourse train lstm-wikitext2-seed0`` (or :func:`~nlpcourse.training.registry.train`) turns
one into ``NAME.safetensors`` and ``NAME.json`` in the folder of the chapter's data.  What this
package promises:

* **The same seed gives the same numbers** on the same machine: the randomness of step *k* depends
  on the seed and on *k* alone.
* **A kill costs at most one interval.**  After every ``plan.interval`` steps the whole state
  (weights, optimizer, carried state, losses) lands in the cache by one atomic rename; the next run
  goes on from there and ends with the same bytes as a run that was never killed.
* **No checkpoint is taken for another's**: state and checkpoint carry the digest of their
  configuration, and a different one is refused with the settings that differ.
* **Several devices, the same code**: the loop runs through ``accelerate``; ``accelerate launch
  $(which nlpcourse) train NAME`` shares every batch among the processes.

In this package: :mod:`~nlpcourse.training.recipe` says what determines a checkpoint,
:mod:`~nlpcourse.training.loop` takes the steps, :mod:`~nlpcourse.training.state` saves an
unfinished training, :mod:`~nlpcourse.training.checkpoints` finishes one, and
:mod:`~nlpcourse.training.registry` finds all by name.

Not handled: steps that differ in their number of rows between processes, and mixed precision.
"""
