"""Dependency trees by three moves: shift a word, or tie the two topmost words together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SHIFT, LEFT, RIGHT = "shift", "left", "right"
MOVES = (SHIFT, LEFT, RIGHT)


@dataclass
class State:
    """How far a parse is: a stack, the next word, and the heads found so far.

    Words are numbered from 1; 0 is the root, which lies at the bottom of the stack.
    """

    stack: list[int]
    next: int
    heads: list[int | None]  # heads[w] of word w; heads[0] stays None

    @classmethod
    def of(cls, n: int) -> State:
        """Return the state before the first of *n* words.

        Raises:
            ValueError: *n* is negative.
        """
        if n < 0:
            raise ValueError(f"a sentence can't have {n} words")
        return cls([0], 1, [None] * (n + 1))

    @property
    def done(self) -> bool:
        """Whether all words are read and tied."""
        return self.next == len(self.heads) and len(self.stack) == 1

    def legal(self) -> list[str]:
        """Return the moves that are possible; the root never gets a head."""
        moves = [SHIFT] if self.next < len(self.heads) else []
        if len(self.stack) > 2:
            moves.append(LEFT)
        if len(self.stack) > 1:
            moves.append(RIGHT)
        return moves

    def move(self, move: str) -> None:
        """Make a move.

        Source: arc-standard, Nivre (2004), between the two topmost words of the stack.

        Raises:
            ValueError: the move is not possible here.
        """
        if move not in self.legal():
            raise ValueError(
                f"{move!r} is not possible here; these are: {', '.join(self.legal())}"
            )
        if move == SHIFT:
            self.stack.append(self.next)
            self.next += 1
        elif move == LEFT:  # the topmost word is the head of the one below
            below = self.stack.pop(-2)
            self.heads[below] = self.stack[-1]
        else:  # the one below is the head of the topmost word
            top = self.stack.pop()
            self.heads[top] = self.stack[-1]


def is_projective(heads: Sequence[int]) -> bool:
    """Return whether no two arcs cross; ``heads[w - 1]`` is the head of word w, 0 the root.

    >>> is_projective([2, 0, 2]), is_projective([3, 4, 0, 3])
    (True, False)
    """
    arcs = [(min(w, h), max(w, h)) for w, h in enumerate(heads, start=1)]
    return not any(i < k < j < m for i, j in arcs for k, m in arcs)


def require_tree(heads: Sequence[int]) -> None:
    """Refuse heads that are no tree below the root.

    Raises:
        ValueError: a head is no word of the sentence, or words are each other's heads.
    """
    for word, head in enumerate(heads, start=1):
        if not 0 <= head <= len(heads) or head == word:
            raise ValueError(
                f"word {word} has head {head}; a head is another word, 1 to "
                f"{len(heads)}, or the root, 0"
            )
    for word in range(1, len(heads) + 1):
        seen, here = set(), word
        while here and here not in seen:
            seen.add(here)
            here = heads[here - 1]
        if here:
            raise ValueError(f"word {here} is above itself; a tree has no circles")


def oracle(state: State, heads: Sequence[int]) -> str:
    """Return the move that leads towards the right tree.

    A word is tied as soon as that is right, to the right only when it has all its dependents.

    Args:
        state: how far the parse is.
        heads: the right heads, ``heads[w - 1]`` of word w.
    """
    if len(state.stack) > 1:
        below, top = state.stack[-2:]
        if below and heads[below - 1] == top:
            return LEFT
        waiting = any(
            heads[word - 1] == top for word in range(state.next, len(heads) + 1)
        )
        if heads[top - 1] == below and not waiting:
            return RIGHT
    return SHIFT


def moves_to(heads: Sequence[int]) -> Iterator[tuple[State, str]]:
    """Yield each state on the way to a tree, with the move to make there.

    Raises:
        ValueError: the heads are no tree, or arcs cross, which no row of moves can make.

    >>> [move for _, move in moves_to([2, 0])]
    ['shift', 'shift', 'left', 'right']
    """
    require_tree(heads)
    if not is_projective(heads):
        raise ValueError("arcs cross: no row of moves leads to this tree")
    state = State.of(len(heads))
    while not state.done:
        move = oracle(state, heads)
        yield state, move
        state.move(move)


def parse(n: int, choose: Callable[[State], str]) -> list[int]:
    """Return the heads of *n* words by asking for each move; time grows with n.

    Raises:
        ValueError: *n* is negative, or a move was chosen that is not possible.

    >>> parse(3, lambda state: state.legal()[0])
    [3, 3, 0]
    """
    state = State.of(n)
    while not state.done:
        state.move(choose(state))
    return [head for head in state.heads[1:] if head is not None]


def attachment(
    guesses: Sequence[Sequence[int]], right: Sequence[Sequence[int]]
) -> float:
    """Return the share of the words that got the right head (unlabelled attachment score).

    Raises:
        ValueError: the sentences differ in number or length, or hold no word.

    >>> attachment([[2, 0, 2]], [[2, 0, 1]])
    0.6666666666666666
    """
    if [len(g) for g in guesses] != [len(r) for r in right]:
        raise ValueError("guesses and right heads are not of the same sentences")
    pairs = [
        pair
        for guess, gold in zip(guesses, right, strict=True)
        for pair in zip(guess, gold, strict=True)
    ]
    if not pairs:
        raise ValueError("no words to compare; give at least one sentence")
    return sum(one == other for one, other in pairs) / len(pairs)
