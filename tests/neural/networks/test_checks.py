"""The checks of chapter 19 accept every right answer and point at each usual mistake."""

import math

import numpy as np
import torch
from scipy.special import logsumexp

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.neural.networks.scalar import numerical


def drawn(formula):
    p = parameters("19.1")
    a = math.tanh(p["w"] * p["x"] + p["b"])
    return formula(a, p)


def by_torch():
    p = parameters("19.1")
    w = torch.tensor(p["w"], requires_grad=True)
    ((torch.tanh(w * p["x"] + p["b"]) - p["y"]) ** 2).backward()
    return float(w.grad)


def careless(logits):
    return math.log(sum(math.exp(z) for z in logits))


def one_sided(function, point, step):
    slopes = []
    for k in range(len(point)):
        up = list(point)
        up[k] += step
        slopes.append((function(up) - function(point)) / step)
    return slopes


def moving(function, point, step):
    slopes = []
    for k in range(len(point)):
        point[k] += step
        high = function(point)
        point[k] -= 2 * step
        slopes.append((high - function(point)) / (2 * step))
    return slopes


def adam_by_torch(weight, gradients, rate):
    w = torch.tensor(float(weight), dtype=torch.float64, requires_grad=True)
    rule = torch.optim.Adam([w], lr=rate)
    for g in gradients:
        w.grad = torch.tensor(float(g), dtype=torch.float64)
        rule.step()
    return float(w.detach())


def adam(weight, gradients, rate, begun=True, root=True, sign=-1):
    m = s = 0.0
    for t, g in enumerate(gradients, 1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        mean = m / (1 - 0.9**t) if begun else m
        square = s / (1 - 0.999**t) if begun else s
        weight += sign * rate * mean / ((square**0.5 if root else square) + 1e-8)
    return weight


def lights(**changes):
    right = {
        "inner": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        "shift": [0, -1, -2],
        "outer": [2, -4, 4],
        "bias": -1,
    }
    return {**right, **changes}


ANOTHER = {
    # counts what is off in place of what is on: 3 − n, so odd and even change places
    "inner": -np.ones((3, 3)),
    "shift": np.array([3.0, 2.0, 1.0]),
    "outer": np.array([-2.0, 4.0, -4.0]),
    "bias": 1.0,
}

FOUR = lights(inner=[[1, 1, 1]] * 4, shift=[0] * 4, outer=[1] * 4)

test_right_answers_pass = each_passes(
    [
        ("19.1", by_torch()),
        ("19.2", logsumexp),
        (
            "19.2",
            lambda z: float(torch.tensor(z, dtype=torch.float64).logsumexp(0)),
        ),
        ("19.3", lambda f, at, step: numerical(f, list(at), step)),
        ("19.4", adam_by_torch),
        ("19.5", lights()),
        ("19.5", ANOTHER),
    ]
)

test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("19.1", drawn(lambda a, p: -2 * (a - p["y"]) * (1 - a * a) * p["x"]), "grow or fall"),
        ("19.1", drawn(lambda a, p: 2 * (a - p["y"]) * p["x"]), "slope of tanh"),
        ("19.1", drawn(lambda a, p: (a - p["y"]) * (1 - a * a) * p["x"]), "of a square"),
        ("19.1", 17.0, "local derivatives"),
        ("19.2", careless, "break it"),
        ("19.2", lambda z: sum(z), "Which sum"),
        ("19.2", lambda z: max(z), "Which sum"),
        ("19.2", lambda z: math.log(sum(math.exp(v - max(z)) for v in z)), "Which sum"),
        ("19.3", one_sided, "one side only"),
        ("19.3", moving, "put"),
        ("19.3", lambda f, at, s: [-v for v in numerical(f, list(at), s)], "goes first"),
        ("19.3", lambda f, at, s: [2 * v for v in numerical(f, list(at), s)], "how far"),
        ("19.3", lambda f, at, s: numerical(f, list(at), s)[:1], "How many"),
        ("19.3", lambda f, at, s: [0.0 for _ in at], "one number at a time"),
        ("19.4", lambda w, g, r: adam(w, g, r, begun=False), "start at zero"),
        ("19.4", lambda w, g, r: adam(w, g, r, root=False), "squares"),
        ("19.4", lambda w, g, r: adam(w, g, r, sign=1), "go with the gradient"),
        ("19.4", lambda w, g, r: w - r * sum(g), "counted from 1"),
        ("19.5", [1, 2], "a dictionary"),
        ("19.5", {"inner": []}, "is missing"),
        ("19.5", lights(outer=[2, -4]), "is missing"),
        ("19.5", lights(outer=[2, -4, 2]), "Which units"),
        ("19.5", FOUR, "with three"),
    ]
)  # fmt: skip

test_groups_have_numbers_of_their_own = groups_have_their_own(
    "19.1", lambda: drawn(lambda a, p: 2 * (a - p["y"]) * (1 - a * a) * p["x"])
)
