"""What the chapter's functions promise: edges, errors, the example's words."""

import json
import math
import os
import sys
import time

import pytest

from nlpcourse.practice.projects import documents, rubric, starting
from nlpcourse.practice.projects.finding import (
    Finder,
    judged,
    lacking,
    partners,
    together,
)
from nlpcourse.practice.projects.material import Row, as_csv, remembered
from nlpcourse.practice.projects.near import near_duplicates
from nlpcourse.practice.projects.ratio import gain_interval, interval, score
from nlpcourse.practice.projects.running import LONGEST, run_python
from nlpcourse.practice.projects.tasks import PROJECTS, project, ranking_part
from nlpcourse.practice.projects.twins import recalls

PAIRS = [
    ("he saith unto them", "he says to them"),
    ("she saith", "she says"),
    ("go unto him", "go to him"),
    ("he goes", "he goes"),
]


def test_partners_are_learnt():
    assert partners(PAIRS, least=2) == {"saith": "says", "unto": "to"}
    assert partners([], least=1) == {}
    old, new, both = together(PAIRS)
    assert (old["saith"], new["says"], both["saith", "says"]) == (2, 2, 2)
    with pytest.raises(ValueError, match="1 pair or more"):
        partners(PAIRS, least=0)


def test_partners_do_not_depend_on_the_order_of_pairs():
    assert partners(PAIRS, 2) == partners(PAIRS[::-1], 2)


def test_the_finder_joins_new_words():
    finder = Finder(["he says so", "he went", "she says to him", "all of them"])
    learnt = finder.set({"saith": "says"})
    assert finder.find("saith") == []
    assert learnt.find("saith") == [0, 2]
    assert learnt.query("Saith he") == ["saith", "says", "he"]
    assert finder.query("saith") == ["saith"], "set leaves the first finder alone"
    assert finder.common_words("he says to")[0] in (0, 2)
    rows = [Row("q2", "she saith to", "v2:2")]
    assert judged(learnt, rows) == [(1.0, 1.0)]
    assert judged(finder, [Row("q", "xyz", "v2:2")], words_only=True) == [
        (0.0, 1.0)
    ]


def test_queries_with_a_word_that_is_gone():
    finder = Finder(["the a", "the rare word"])
    assert lacking(finder, "the zzz")
    assert lacking(finder.set({"zzz": "rare"}), "zzz"), "a partner is not the word"
    assert not lacking(finder, "The rare, rare word")
    assert not lacking(finder, "")


@pytest.mark.parametrize("call", [
    lambda: score([]),
    lambda: score([(1.0, math.nan)]),
    lambda: score([(-1.0, 1.0)]),
    lambda: interval([(1.0, 1.0)], samples=0),
    lambda: gain_interval([(1.0, 1.0)], [(1.0, 1.0)] * 2),
    lambda: near_duplicates(["a"], least=0),
    lambda: near_duplicates(["a"], seed=-1),
    lambda: project("poetry"),
    lambda: ranking_part("v1", "v1"),
    lambda: recalls([Row("a", "x", "ham")], [], 0),
    lambda: remembered("a b", None, 0),
    lambda: run_python(["-c", ""], None, seconds=0),
])  # fmt: skip
def test_one_clear_error(call):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        call()


def test_texts_without_a_character_have_no_twin():
    assert near_duplicates(["", "  ", "same text", "same text"]) == [(2, 3, 1.0)]
    assert near_duplicates([]) == []


def test_csv_keeps_every_text():
    rows = [Row("a", 'with "quotes", and\ncommas', "ham"), Row("b", "π", "")]
    assert as_csv(rows).splitlines()[0] == "id,text,gold"
    assert "ham" not in as_csv(rows, gold=False)


@pytest.mark.parametrize(("text", "value", "yes"), [
    ("0.573", 0.5731, True), ("57.3%", 0.5731, True), ("(.57)", 0.5731, True),
    ("0.58", 0.5731, False), ("1.0", 1.0, False), ("1.00", 1.0, True), ("100.0 %", 1.0, True),
    ("v0.573", 0.573, True), ("10.573", 0.573, False), ("0.5735", 0.573, False),
    ("", 0.5, False), ("0.000", 0.0, True), ("nan", math.nan, False),
])  # fmt: skip
def test_quoting(text, value, yes):
    assert documents.quotes(text, value) is yes


def test_headings_in_code_are_none():
    text = "# A\nwords\n```console\n## Data\n```\n## Data\nhere\n"
    assert documents.parts(text)["Data"] == "here"


def test_points_add_up():
    assert sum(c.points for c in rubric.MACHINE) == 25
    assert sum(c.points for c in rubric.HUMAN) == 25
    keys = [c.key for c in (*rubric.MACHINE, *rubric.HUMAN)]
    assert len(keys) == len(set(keys))


# ------------------------------------------------------------------------------------ starters


@pytest.mark.parametrize("name", list(PROJECTS))
def test_starters_have_every_file_and_no_mark_left(name):
    files = dict(starting.templates(name))
    package = PROJECTS[name].package
    assert {
        "pyproject.toml", "README.md", "MODEL_CARD.md", "LICENSE", "DATA.md", ".gitignore",
        "notebook.ipynb", "tests/test_given.py", "tests/test_own.py",
        *(f"src/{package}/{m}.py" for m in (
            "__init__", "__main__", "data", "baseline", "model", "scoring", "demo",
        )),
    } == files.keys()  # fmt: skip
    for place, text in files.items():
        assert "@" not in text.replace("@dataclass", ""), place
        assert "PACKAGE" not in text, place
        if place.endswith(".py"):
            compile(text, place, "exec")
            assert max(map(len, text.splitlines())) <= 110, place
    assert f'project = "{name}"' in files["pyproject.toml"]
    assert json.loads(files["notebook.ipynb"])["nbformat"] == 4
    assert files["README.md"].count("TODO") == 6
    assert files["README.md"].count(f"python -m {package}") >= 2
    assert files[f"src/{package}/model.py"].count("raise NotImplementedError(") == 3


@pytest.mark.parametrize("name", list(PROJECTS))
def test_starters_use_the_standard_library_alone(name):
    allowed = sys.stdlib_module_names | {PROJECTS[name].package, "pytest"}
    for place, text in starting.templates(name):
        if place.endswith(".py"):
            for line in text.splitlines():
                if line.startswith(("import ", "from ")):
                    assert line.split()[1].split(".")[0] in allowed, (place, line)


# ------------------------------------------------------------------------------------- running


def test_what_a_program_says(tmp_path):
    done = run_python(
        ["-c", "print('a'); print('b'); raise SystemExit(3)"], tmp_path
    )
    assert (done.status, done.why) == (3, "b")
    assert (
        run_python(["-c", "raise SystemExit(4)"], tmp_path).why == "it ended with 4"
    )
    long = run_python(["-c", f"print('x' * {3 * LONGEST} + 'end')"], tmp_path)
    assert len(long.output) == LONGEST
    assert long.output.endswith("end\n")


def test_a_program_is_ended_with_its_children(tmp_path):
    child = f"import time; time.sleep(1.5); open({str(tmp_path / 'late')!r}, 'w')"
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    )
    start = time.monotonic()
    done = run_python(["-c", code], tmp_path, seconds=0.7)
    assert done.status is None
    assert done.why == "it ran out of time"
    assert time.monotonic() - start < 30
    time.sleep(1.6)
    assert not (tmp_path / "late").exists()


def test_hash_seeds_change_the_order_of_sets(tmp_path):
    code = "print(list({str(i) for i in range(20)}))"
    one, same, other = (
        run_python(["-c", code], tmp_path, hash_seed=s) for s in (1, 1, 2)
    )
    assert one == same
    assert one.output != other.output


def test_settings_of_this_process_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")
    code = "import os; print(os.environ.get('PYTEST_ADDOPTS'))"
    assert run_python(["-c", code], tmp_path).output.strip() == "None"
    assert os.environ["PYTEST_ADDOPTS"] == "--nonsense"
