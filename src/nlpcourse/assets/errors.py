"""The one error that the asset rooms raise."""

from __future__ import annotations


class AssetError(RuntimeError):
    """An asset could not be had; says which one, why, and what to do next.

    >>> print(AssetError("trec", "the network did not answer", "try again later"))
    trec: the network did not answer.
      Next step: try again later.
    """

    def __init__(self, asset: str, cause: str, next_step: str) -> None:
        self.asset = asset
        self.cause = cause.rstrip(".")
        self.next_step = next_step.rstrip(".")
        # the three arguments, so that it pickles
        super().__init__(asset, cause, next_step)

    def __str__(self) -> str:
        return f"{self.asset}: {self.cause}.\n  Next step: {self.next_step}."
