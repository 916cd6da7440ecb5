"""The small pieces of chapter 40, by cases that one can see through."""

import itertools
import json
import random

import pytest
import torch

from nlpcourse import cli
from nlpcourse.course import chapters
from nlpcourse.neural.cnn.data import Labelled, Vocabulary
from nlpcourse.practice.reproduce import (
    forks,
    human_line,
    kim_data,
    lexicon_table,
    protocol,
    recipes,
    report,
    table_4,
    trained,
    twins,
    variants,
)
from nlpcourse.practice.reproduce.printed import interval, steps_off
from nlpcourse.practice.reproduce.spread import could_be, next_run_interval
from nlpcourse.training.recipe import set_seed


@pytest.mark.parametrize(
    ("value", "text", "steps"),
    [
        (0.415, "0.42", 0),
        (0.4249, "0.42", 0),
        (0.4251, "0.42", 1),
        (0.4049, "0.42", 2),
        (-0.1, "0.1", 2),
        (93.64, "93.6", 0),
        (1e9, "1", 10**9 - 1),
    ],
)
def test_steps_of_the_last_digit(value, text, steps):
    assert steps_off(value, text) == steps


@pytest.mark.parametrize("text", ["", "0,61", "1e3", "nan", "61 %", "0.6.1"])
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(ValueError, match="no printed number"):
        interval(text)


def test_one_more_run_strays_farther_than_the_mean():
    runs = [0.91, 0.93, 0.92]
    low, high = next_run_interval(runs)
    assert low < 0.91 < 0.93 < high
    assert could_be(runs, "0.88")
    assert not could_be(runs, "0.85")
    with pytest.raises(ValueError, match="two finite runs"):
        could_be([0.9], "0.9")


def test_every_reading_is_walked_once():
    choices = {"a": (1, 2, 3), "b": "xy"}
    seen = []
    found = forks.walk(choices, lambda reading: float(not seen.append(reading)))
    assert len(found) == len(seen) == 6
    assert {tuple(r.values()) for r in seen} == set(
        itertools.product((1, 2, 3), "xy")
    )


def test_a_choice_without_effect_sways_nothing():
    outcomes = forks.walk({"a": (0, 1), "b": (0, 5)}, lambda r: float(r["b"]))
    assert forks.sway(outcomes) == {"a": 0.0, "b": 5.0}


def test_the_best_order_finds_any_shuffle():
    rng = random.Random(4)
    names = list("abcdef")
    lines = {n: [rng.random() for _ in range(4)] for n in names}
    for _ in range(5):
        others = rng.sample(names, len(names))
        printed = {
            b: [f"{v:.3f}" for v in lines[a]]
            for a, b in zip(names, others, strict=True)
        }
        assert twins.best_order(lines, printed) == (
            dict(zip(names, others, strict=True)),
            0,
        )


def test_kims_words():
    assert kim_data.kim_words("They'll don't, we've!") == [
        *("They", "'ll", "do", "n't", ",", "we", "'ve", "!"),
    ]
    assert kim_data.cut("Who is Dr. No ?", lower=False, kims=False)[2] == "Dr."


def test_the_critics_labels_fit_the_order_of_the_file():
    """Hutto and Gilbert's file begins with fresh sentences and goes on with rotten ones."""
    films = kim_data.critics_sentences()
    assert len(films) == 10_453
    assert set(films.labels[:5000]) == {1}
    assert set(films.labels[5200:10_000]) == {0}
    assert sum(films.labels) == 5215


def test_a_held_back_tenth_is_not_trained_on():
    part = Labelled([[str(i)] for i in range(50)], list(range(50)))
    kept, apart = kim_data.hold_back(part)
    assert len(apart) == 5
    assert sorted(kept.labels + apart.labels) == list(range(50))
    with pytest.raises(ValueError, match="share"):
        kim_data.hold_back(part, 1.0)


def test_two_channels_are_the_sum_of_their_vectors():
    """A convolution is linear: two channels are one table that begins at twice the vectors."""
    torch.manual_seed(0)
    start = torch.randn(9, 4)
    start[0] = 0
    two = variants.KimCNN("multichannel", start, classes=3, maps=5).eval()
    one = variants.KimCNN("static", 2 * start, classes=3, maps=5).eval()
    one.filters.load_state_dict(two.filters.state_dict())
    one.output.load_state_dict(two.output.state_dict())
    words, lengths = (
        torch.tensor([[1, 5, 8, 2], [3, 3, 0, 0]]),
        torch.tensor([4, 2]),
    )
    torch.testing.assert_close(one(words, lengths), two(words, lengths))


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_which_vectors_learn(variant):
    set_seed(0)
    start = torch.randn(9, 4)
    start[0] = 0
    model = variants.KimCNN(variant, start, classes=2, maps=3).train()
    before = model.embedding.weight.detach().clone()
    rule = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 0.5)
    scores = model(torch.tensor([[1, 5, 8, 2]]), torch.tensor([4]))
    torch.autograd.backward(scores[0, 0])
    rule.step()
    moved = not torch.equal(before, model.embedding.weight)
    assert moved == (variant != "static")
    if variant == "multichannel":
        torch.testing.assert_close(model.still, start)
    with pytest.raises(ValueError, match="variant"):
        variants.KimCNN("dynamic", start, classes=2)


def test_words_in_capitals_begin_like_their_small_twins():
    vocabulary = Vocabulary.of([["The", "the", "Qwxyz", "qwxyz"]], least=1)
    table, lacking = variants.starting_vectors(vocabulary, seed=1)
    number = vocabulary.numbers
    torch.testing.assert_close(table[number["The"]], table[number["the"]])
    assert sorted(lacking) == ["Qwxyz", "qwxyz"]
    assert float(table[number["qwxyz"]].abs().max()) <= variants.SPREAD
    assert not table[0].any()


def test_every_recipe_has_its_log():
    folder = chapters.get("40").folder
    for name, recipe in recipes.RECIPES.items():
        log = json.loads((folder / f"{name}.json").read_text("utf-8"))
        assert log["digest"] == recipe.digest(), name


def test_the_readings_have_names_of_their_own():
    names = [recipes.fork_name(r) for r in forks.readings(recipes.FORKS)]
    assert len(set(names)) == 4


def test_printed_tables_are_whole():
    for domain, lines in table_4.TABLE_4.items():
        assert len(lines) == 9, domain
        for line in lines.values():
            assert [len(t) for t in line] == [5, 4, 4, 4]
    held = set(table_4.HAD) | set(table_4.MISSING) | {"VADER", "Ind. Humans"}
    assert held == set(lines)
    assert len(trained.TABLE_5) == 10


def test_the_truth_without_the_rating_itself():
    assert human_line.truths([[4, 0], [1, 1, 1]], others=True) == [0, 4, 1, 1, 1]
    with pytest.raises(ValueError, match="too few"):
        human_line.truths([[4]], others=True)


def test_the_stored_counts_are_those_of_the_sentences():
    path = chapters.get("40").folder / "counts.json"
    found = json.loads(path.read_text("utf-8"))
    assert {(d, n) for d in found for n in found[d]} == set(
        itertools.product(table_4.TABLE_4, lexicon_table.lexicons())
    )
    cell = found["amazon"]["ANEW"]
    for threshold in ("0.05", "0"):
        counts = lexicon_table.counts_of("ANEW", "amazon", float(threshold))
        assert {(g, s): n for g, s, n in cell[threshold]} == counts
    row = lexicon_table.lexicon_row("ANEW", "amazon", 0.0)
    assert cell["r"] == pytest.approx(row[0], abs=1e-7)
    counts = {(g, s): n for g, s, n in cell["0"]}
    assert protocol.overall(counts, "by their size") == pytest.approx(row[1:])


def test_the_stored_rivals_are_those_of_the_first_seed():
    path = chapters.get("40").folder / "rivals.json"
    found = json.loads(path.read_text("utf-8"))
    assert list(found) == [f"{k} ({h})" for k, h in trained.TABLE_5]
    row = trained.rival_row("NB", "amazon", 0)
    for domain, value in row.items():
        assert found["NB (amazon)"][domain][0] == pytest.approx(value, abs=1e-5)


def example(**changes):
    fields = {
        "paper": "A (2014)",
        "table": "Table 1",
        "said": ["scores are rounded"],
        "choices": [report.Choice("case?", ["kept", "lower"], "lower", "the code")],
        "cells": [
            report.Cell("x", "0.84", [0.8441]),
            report.Cell("y", "0.84", [0.80, 0.85, 0.83]),
            report.Cell("z", "0.84", [0.70, 0.71, 0.72]),
            report.Cell("w", "0.84", why="not for sale | at all"),
        ],
        "claims": {"x is best": "stands"},
    }
    return report.Reproduction(**{**fields, **changes})


def test_a_report_says_what_came_of_each_figure():
    text = report.markdown(example(), "make all")
    assert list(report.tally(example().cells).values()) == [1, 1, 1, 1]
    assert not report.faults(text)
    for part in (
        "| y | 0.84 | 0.827 ± 0.025 (3 runs) | could be one more run |",
        "make all",
    ):
        assert part in text
    assert "not for sale \\| at all" in text
    with pytest.raises(ValueError, match="reports nothing"):
        report.markdown(example(cells=[]), "make all")


def test_what_a_report_lacks_is_named():
    whole = report.markdown(example(), "make all")
    assert report.faults(whole.replace("## What differs here", "## Else"))[0] == (
        "the section 'What differs here' is missing"
    )
    assert (
        "no verdict" in report.faults(whole.replace("| differs |", "| fine |"))[0]
    )
    assert len(report.faults(report.form())) == 8


def test_the_command_writes_a_form_and_checks_it(tmp_path, capsys):
    file = tmp_path / "mine" / "report.md"
    assert cli.main(["reproduction", "new", "--to", str(file)]) == 0
    assert cli.main(["reproduction", "new", "--to", str(file)]) == 1
    assert cli.main(["reproduction", "check", str(file)]) == 1
    assert "FILL IN" in capsys.readouterr().out
    file.write_text(report.markdown(example(), "make all"), encoding="utf-8")
    assert cli.main(["reproduction", "check", str(file)]) == 0
    assert cli.main(["reproduction", "check", str(tmp_path / "none.md")]) == 1
