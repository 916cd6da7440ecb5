"""Models 1 and 2 and the HMM once more, for thousands of verses at a time, in NumPy.

Each gives what :mod:`model1`, :mod:`model2` and :mod:`hmm` give; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlpcourse.statistics.alignment.links import Links, Pair, checked
from nlpcourse.statistics.alignment.symmetric import turned

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Numbered:
    """Sentences as numbers: every target word with every source word of its pair, flat."""

    lengths: list[tuple[int, int]]  # source words, target words
    which: (
        Whole  # (pair, target word, source word or none) → number of the two words
    )
    of_source: Whole  # the source word of each two words, 0 for the empty one
    words: list[tuple[str | None, str]]  # the two words themselves
    firsts: Whole  # where in `which` each target word begins
    sizes: Whole  # how many entries it has: source words and the empty one


def numbered(pairs: Sequence[Pair]) -> Numbered:
    """Return the sentences as numbers.

    Raises:
        ValueError: no pair has a target word.

    >>> numbered([(["la"], ["the"])]).words
    [(None, 'the'), ('la', 'the')]
    """
    checked(pairs, 1)
    lefts: list[str | None] = [None, *sorted({w for s, _ in pairs for w in s})]
    rights = sorted({w for _, t in pairs for w in t})
    left = {w: n for n, w in enumerate(lefts)}
    right = {w: n for n, w in enumerate(rights)}
    keys = np.concatenate(  # one number for each pair of words, verse by verse
        [
            np.add.outer(
                np.array([right[w] for w in t], dtype=np.int64),
                np.array([0, *(left[w] for w in s)]) * len(rights),
            ).ravel()
            for s, t in pairs
        ]
    )
    found, which = np.unique(keys, return_inverse=True)
    sizes = np.concatenate(
        [np.full(len(t), len(s) + 1, dtype=np.int64) for s, t in pairs]
    )
    return Numbered(
        [(len(s), len(t)) for s, t in pairs],
        which.astype(np.int64),
        found // len(rights),
        [
            (lefts[k // len(rights)], rights[k % len(rights)])
            for k in found.tolist()
        ],
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        sizes,
    )


def _learnt(data: Numbered, weights: Floats) -> Floats:
    """Return the probability of each two words from the shares of all entries."""
    counts = np.bincount(data.which, weights=weights, minlength=len(data.words))
    totals = np.bincount(data.of_source, weights=counts)[data.of_source]
    return np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)


def _shared(data: Numbered, weights: Floats) -> Floats:
    """Divide the weights of each target word by their sum."""
    sums = np.add.reduceat(weights, data.firsts)
    shares: Floats = weights / np.repeat(sums, data.sizes)
    return shares


def model_1(data: Numbered, rounds: int) -> Floats:
    """Return the probability of each two words after some rounds of Model 1.

    Raises:
        ValueError: there are no rounds.
    """
    if rounds < 1:
        raise ValueError(f"{rounds} rounds teach nothing: give one or more")
    believed = np.full(len(data.words), 1.0)
    for _ in range(rounds):
        believed = _learnt(data, _shared(data, believed[data.which]))
    return believed


def _spots(data: Numbered) -> tuple[Whole, Whole]:
    """Number the places (i, j, lengths), and the groups (j, lengths) that add up to 1."""
    longest = 1 + max(max(both) for both in data.lengths)
    spots, groups = [], []
    for n, m in data.lengths:
        j, i = np.divmod(np.arange(m * (n + 1)), n + 1)
        group = (n * longest + m) * longest + j
        groups.append(group)
        spots.append(group * longest + i)
    spot = np.unique(np.concatenate(spots), return_inverse=True)[1]
    group = np.unique(np.concatenate(groups), return_inverse=True)[1]
    return spot, group


def model_2(data: Numbered, believed: Floats, rounds: int) -> tuple[Floats, Floats]:
    """Return the probability of each two words, and of each entry's place, after Model 2.

    Args:
        data: the sentences.
        believed: of each two words, from Model 1.
        rounds: of Model 2.

    Returns:
        (two words) and (entries); an entry's place is that of its source word.
    """
    spot, group = _spots(data)
    places = np.repeat(1 / data.sizes, data.sizes)
    for _ in range(rounds):
        weights = _shared(data, believed[data.which] * places)
        believed = _learnt(data, weights)
        counts = np.bincount(spot, weights=weights)[spot]
        places = counts / np.bincount(group, weights=weights)[group]
    return believed, places


def links_of(data: Numbered, weights: Floats) -> list[Links]:
    """Take for every target word the entry with the highest weight, a later one on a tie."""
    links, at = [], 0
    for n, m in data.lengths:
        table = weights[at : at + m * (n + 1)].reshape(m, n + 1)
        at += table.size
        best = n - table[:, ::-1].argmax(axis=1)
        links.append(
            frozenset((int(i) - 1, j) for j, i in enumerate(best) if i > 0)
        )
    return links


@dataclass
class _Group:
    """All pairs with as many source words; shorter targets are filled up."""

    n: int
    members: list[int]
    entries: Whole  # (members, longest target, n + 1) → number of the two words
    lengths: Whole  # (members,)


def _groups(data: Numbered) -> Iterator[_Group]:
    starts = np.cumsum([0] + [m * (n + 1) for n, m in data.lengths])
    by_length: dict[int, list[int]] = {}
    for k, (n, m) in enumerate(data.lengths):
        if m:
            by_length.setdefault(n, []).append(k)
    for n, members in sorted(by_length.items()):
        lengths = np.array([data.lengths[k][1] for k in members])
        entries = np.zeros(
            (len(members), int(lengths.max()), n + 1), dtype=np.int64
        )
        for row, k in enumerate(members):
            entries[row, : lengths[row]] = data.which[
                starts[k] : starts[k + 1]
            ].reshape(-1, n + 1)
        yield _Group(n, members, entries, lengths)


@dataclass(frozen=True)
class Jumping:
    """What the HMM knows of places: a weight for each distance, and a share without source."""

    jumps: Floats  # distance d at d + longest
    empty: float

    def transitions(self, n: int) -> Floats:
        """Return the probability of each place after each other, (n, n)."""
        middle = len(self.jumps) // 2
        weights = self.jumps[
            middle + np.subtract.outer(np.arange(n), np.arange(n)).T
        ]
        totals = weights.sum(axis=1, keepdims=True)
        even = np.full_like(weights, 1 / max(n, 1))
        rows = np.divide(weights, totals, out=even, where=totals > 0)
        chances: Floats = (1 - self.empty) * rows
        return chances


def hmm(data: Numbered, believed: Floats, rounds: int) -> tuple[Floats, Jumping]:
    """Return the probability of each two words, and of jumps, after some rounds of the HMM."""
    longest = max(n for n, _ in data.lengths)
    moves = Jumping(np.ones(2 * longest + 1), 0.5)
    groups = list(_groups(data))
    for _ in range(rounds):
        counts = np.zeros(len(data.words))
        jumps = np.zeros(2 * longest + 1)
        empty = words = 0.0
        for group in groups:
            gamma, step = _expected(group, believed, moves)
            counts += np.bincount(group.entries.ravel(), gamma.ravel(), len(counts))
            if group.n:
                empty += gamma[:, :, 0].sum()
                words += group.lengths.sum()
                away = np.subtract.outer(np.arange(group.n), np.arange(group.n)).T
                jumps += np.bincount(
                    longest + away.ravel(), step.ravel(), len(jumps)
                )
        totals = np.bincount(data.of_source, weights=counts)[data.of_source]
        believed = np.divide(
            counts, totals, out=np.zeros_like(counts), where=totals > 0
        )
        moves = Jumping(jumps, empty / words if words else moves.empty)
    return believed, moves


def _expected(
    group: _Group, believed: Floats, moves: Jumping
) -> tuple[Floats, Floats]:
    """Return the shares of each target word, (members, words, n + 1), and jumps (n, n)."""
    emit = believed[group.entries]
    inside = np.arange(emit.shape[1]) < group.lengths[:, None]  # (members, words)
    emit[~inside] = 1.0
    n, steps = group.n, emit.shape[1]
    if not n:
        return inside[:, :, None].astype(float), np.zeros((0, 0))
    step = moves.transitions(n)
    real, none = np.empty((2, *emit.shape[:2], n))
    scales = np.empty(emit.shape[:2])
    arrive = np.full((len(emit), n), (1 - moves.empty) / n)
    stay = np.full((len(emit), n), moves.empty / n)
    for j in range(steps):
        real[:, j] = arrive * emit[:, j, 1:]
        none[:, j] = stay * emit[:, j, :1]
        scales[:, j] = real[:, j].sum(axis=1) + none[:, j].sum(axis=1)
        real[:, j] /= scales[:, j, None]
        none[:, j] /= scales[:, j, None]
        mass = real[:, j] + none[:, j]
        arrive, stay = mass @ step, moves.empty * mass
    beta = np.ones((len(emit), n))
    expected = np.zeros((n, n))
    gamma = np.zeros_like(emit)
    for j in reversed(range(steps)):
        beta[~(inside[:, j])] = 1.0
        gamma[:, j, 1:] = real[:, j] * beta
        gamma[:, j, 0] = (none[:, j] * beta).sum(axis=1)
        if j:
            good = emit[:, j, 1:] * beta / scales[:, j, None]
            before = np.where(
                inside[:, j, None], real[:, j - 1] + none[:, j - 1], 0.0
            )
            expected += step * (before.T @ good)
            silent = moves.empty * emit[:, j, :1] * beta / scales[:, j, None]
            beta = good @ step.T + silent
    gamma[~inside] = 0.0
    return gamma, expected


def hmm_links(data: Numbered, believed: Floats, moves: Jumping) -> list[Links]:
    """Return the links of the most probable path of each pair."""
    links: list[Links] = [frozenset()] * len(data.lengths)
    for group in _groups(data):
        if group.n:
            for k, found in zip(
                group.members, _paths(group, believed, moves), strict=True
            ):
                links[k] = found
    return links


def _paths(group: _Group, believed: Floats, moves: Jumping) -> list[Links]:
    emit, n = believed[group.entries], group.n
    members, steps = emit.shape[:2]
    step = moves.transitions(n)
    arrive = np.full((members, n), (1 - moves.empty) / n)
    stay = np.full((members, n), moves.empty / n)
    linked = np.empty((members, steps, n), dtype=bool)
    came = np.empty((members, steps, n), dtype=np.int64)
    ends = np.zeros(members, dtype=np.int64)
    for j in range(steps):
        real, none = arrive * emit[:, j, 1:], stay * emit[:, j, :1]
        best = np.maximum(real, none)
        best /= np.maximum(best.max(axis=1, keepdims=True), 1e-300)
        linked[:, j] = real >= none
        last = group.lengths == j + 1
        ends[last] = best[last].argmax(axis=1)
        options = best[:, :, None] * step  # (members, from, to)
        came[:, j] = options.argmax(axis=1)
        arrive, stay = options.max(axis=1), moves.empty * best
    found = []
    for row, place in enumerate(ends.tolist()):
        links = set()
        for j in reversed(range(int(group.lengths[row]))):
            if linked[row, j, place]:
                links.add((place, j))
                place = int(came[row, j - 1, place]) if j else place
        found.append(frozenset(links))
    return found


def ibm_model_1(pairs: Sequence[Pair], rounds: int) -> list[Links]:
    """Link each target word to the source word that best explains it, by Model 1.

    Args:
        pairs: source words and target words of each verse.
        rounds: of expectation and maximisation.

    Returns:
        The links of each verse; target words that the empty word explains best have
        none.

    Raises:
        ValueError: no verse has a target word, or there are no rounds.

    Source: Brown et al. (1993), section 4.2.

    >>> verses = [(["das", "haus"], ["the", "house"]), (["das"], ["the"])]
    >>> [sorted(links) for links in ibm_model_1(verses, rounds=5)]
    [[(0, 0), (1, 1)], [(0, 0)]]
    """
    checked(pairs, rounds)
    data = numbered(pairs)
    return links_of(data, model_1(data, rounds)[data.which])


def three_models(pairs: Sequence[Pair], rounds: int) -> dict[str, list[Links]]:
    """Return the links of Model 1, and of Model 2 and the HMM that each start from it.

    Args:
        pairs: source words and target words of each verse.
        rounds: of each model.

    Raises:
        ValueError: no verse has a target word, or there are no rounds.

    >>> found = three_models([(["das", "haus"], ["the", "house"]), (["das"], ["the"])], 5)
    >>> {name: sorted(links[0]) for name, links in found.items()}["HMM"]
    [(0, 0), (1, 1)]
    """
    checked(pairs, rounds)
    data = numbered(pairs)
    believed = model_1(data, rounds)
    words, places = model_2(data, believed, rounds)
    jumped, moves = hmm(data, believed, rounds)
    return {
        "Model 1": links_of(data, believed[data.which]),
        "Model 2": links_of(data, words[data.which] * places),
        "HMM": hmm_links(data, jumped, moves),
    }


def hmm_backwards(pairs: Sequence[Pair], rounds: int) -> list[Links]:
    """Return the HMM's links from target to source, as pairs of source and target again.

    Args:
        pairs: source words and target words of each verse.
        rounds: of Model 1, and then of the HMM.

    Raises:
        ValueError: no verse has a source word, or there are no rounds.

    >>> hmm_backwards([(["das"], ["the"])], 2)
    [frozenset({(0, 0)})]
    """
    data = numbered([(target, source) for source, target in pairs])
    found, moves = hmm(data, model_1(data, rounds), rounds)
    return [turned(links) for links in hmm_links(data, found, moves)]


def translations(
    data: Numbered, believed: Floats, words: Sequence[str]
) -> dict[str, list[tuple[str, float]]]:
    """Return for each of some source words its target words, the most probable first."""
    found: dict[str, list[tuple[str, float]]] = {word: [] for word in words}
    for (source, target), p in zip(data.words, believed.tolist(), strict=True):
        if source in found:
            found[source].append((target, p))
    return {word: sorted(best, key=lambda b: -b[1]) for word, best in found.items()}


def table_of(
    data: Numbered, believed: Floats
) -> Mapping[tuple[str | None, str], float]:
    """Return the probabilities by the two words."""
    return dict(zip(data.words, believed.tolist(), strict=True))
