"""Three projects, from the starter as it is given to the full points of the machine; and junk."""

import json
import re
import shutil

import pytest

from nlpcourse.cli import main
from nlpcourse.practice.projects import checking
from nlpcourse.practice.projects.checking import CHECKS, Checked, Fault
from nlpcourse.practice.projects.rubric import HUMAN, MACHINE, total
from nlpcourse.practice.projects.running import run_python
from nlpcourse.practice.projects.tasks import PROJECTS

pytestmark = pytest.mark.assets
NAMES = tuple(PROJECTS)


@pytest.fixture(scope="module")
def of_finished(finished, tmp_path_factory):
    """Return a function that gives the finished project as it is checked, run once."""
    made = {}

    def give(name):
        if name not in made:
            made[name] = Checked(finished(name), tmp_path_factory.mktemp("scratch"))
        return made[name]

    return give


@pytest.fixture
def changed(of_finished, tmp_path):
    """Return a function that copies a finished project, to be spoilt.

    What the finished model predicts is lent to it where the spoiling leaves the program alone.
    """

    def give(name, runs_anew=False):
        place = tmp_path / "project"
        shutil.copytree(of_finished(name).folder, place)
        (tmp_path / "scratch").mkdir()
        found = Checked(place, tmp_path / "scratch", 30)
        found.baseline = of_finished(name).baseline
        if not runs_anew:
            found.predicted = of_finished(name).predicted
        return found

    return give


def refused(key, checked, why):
    with pytest.raises(Fault, match=why):
        CHECKS[key](checked)


@pytest.mark.parametrize("name", NAMES)
def test_the_given_tests_fail_and_say_what_to_build(name, laid_out):
    done = run_python(
        ["-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"],
        laid_out(name),
    )
    assert done.status == 1, done.output
    given = (
        (laid_out(name) / checking.GIVEN).read_text("utf-8").count("\ndef test_")
    )
    assert f"{given} failed in" in done.output
    assert done.output.count("NotImplementedError: milestone 2: ") >= given


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_says_what_is_not_built_yet(name, laid_out):
    done = run_python(["-m", PROJECTS[name].package, "report"], laid_out(name))
    assert done.status == 1
    assert done.why.startswith("not built yet: milestone 2")
    assert len(done.output.splitlines()) == 1


def test_an_untouched_starter_gets_nothing(laid_out, capsys):
    assert main(["project", "check", str(laid_out("moderation"))]) == 1
    said = capsys.readouterr().out
    assert "0 of 25 points" in said
    assert said.count("still says TODO") >= 10
    assert all(criterion.what in said for criterion in (*MACHINE, *HUMAN))


@pytest.mark.parametrize("name", NAMES)
def test_the_finished_project_gets_every_point(name, of_finished):
    checked = of_finished(name)
    before = {p: p.read_bytes() for p in checked.folder.rglob("*") if p.is_file()}
    marks = [checking.mark(checked, criterion) for criterion in MACHINE]
    assert [m.why for m in marks if not m.passed] == []
    assert total(marks) == (25, 25)
    after = {p: p.read_bytes() for p in checked.folder.rglob("*") if p.is_file()}
    assert after == before, "a check changes nothing"


@pytest.mark.parametrize("name", NAMES)
def test_the_starters_scores_are_the_rubrics(name, of_finished):
    """The starter's own scoring and the course's give the same number."""
    checked = of_finished(name)
    told = checked.reported_number("validation", "baseline")
    rows = checked.material.validation
    ours = checking.score(checked.parts(rows, checked.baseline))
    assert told == pytest.approx(ours, abs=1e-9)


def test_a_demo_page_is_written(changed):
    checked = changed("moderation")
    done = run_python(["-m", "moderator", "demo"], checked.folder)
    assert done.status == 0, done.output
    page = (checked.folder / "demo.html").read_text("utf-8")
    assert page.count("<tr>") == 61
    assert "<script" not in page


# ---------------------------------------------------------------------------------------- junk

ALWAYS = '''"""Junk."""
{extra}

class Model:
    def __init__(self, train):
        self.n = 0

    def predict(self, text):
        {body}
'''


def put(checked, body, extra=""):
    package = checked.project.package
    model = checked.folder / "src" / package / "model.py"
    model.write_text(ALWAYS.format(body=body, extra=extra), "utf-8")


def test_a_model_of_nothing_does_not_beat_the_baseline(changed):
    checked = changed("moderation", runs_anew=True)
    put(checked, 'return "spam"')
    refused("baseline", checked, "could be chance")
    refused("result", checked, "results.json says")
    refused("slices", checked, "“with a digit” has")


def test_the_baseline_itself_does_not_beat_the_baseline(changed):
    checked = changed("moderation")
    checked.predicted = checked.baseline
    refused("baseline", checked, "could be chance")


def test_a_model_that_tosses_coins_is_found_out(changed):
    checked = changed("moderation", runs_anew=True)
    put(checked, 'return random.choice(["spam", "ham"])', "import random")
    refused("again", checked, "predictions differ")


def test_a_model_that_counts_its_questions_is_found_out(changed):
    checked = changed("moderation", runs_anew=True)
    put(checked, 'self.n += 1; return "spam" if self.n % 3 else "ham"')
    refused("again", checked, "predictions differ")


def test_a_model_that_reads_the_answers_finds_none(changed):
    checked = changed("moderation", runs_anew=True)
    put(
        checked,
        "return {r.text: r.gold for r in read(DATA / 'test.csv')}.get(text, 'ham')",
        "from moderator.data import DATA, read",
    )
    for key in ("again", "baseline", "result", "slices", "leak"):
        refused(key, checked, "predict failed")


def test_a_table_of_answers_is_a_leak(changed):
    checked = changed("moderation")
    rows = checked.material.test
    table = {
        row.text: row.gold
        for row in rows
        if row.text.isascii() and '"' not in row.text
    }
    (checked.folder / "src" / "moderator" / "known.json").write_text(
        json.dumps(table)
    )
    refused("leak", checked, "known.json holds test texts")


def test_a_twin_in_the_training_data_is_a_leak(changed):
    checked = changed("moderation")
    row = next(
        r for r in checked.material.test if len(r.text) > 100 and '"' not in r.text
    )
    with (checked.folder / "data" / "train.csv").open(
        "a", encoding="utf-8"
    ) as file:
        file.write(f'new,"{row.text.upper()} !!",spam\n')
    refused("leak", checked, "1 pairs of training and hidden rows are alike")


def test_honest_new_training_rows_are_no_leak(changed):
    checked = changed("moderation")
    with (checked.folder / "data" / "train.csv").open(
        "a", encoding="utf-8"
    ) as file:
        file.write(
            "new,Your parcel waits at the town hall until the third of May,ham\n"
        )
    assert CHECKS["leak"](checked)


def test_other_test_data_are_found_out(changed):
    checked = changed("moderation")
    file = checked.folder / "data" / "test.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:200]), "utf-8")
    refused("leak", checked, "test.csv is not as it was laid out")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("score", 0.999, "results.json says"),
        ("score", None, "is no number"),
        ("low", 0.1, "the interval is about"),
        ("n", 10, "have 1500 rows"),
    ],
)
def test_a_report_is_not_believed(changed, field, value, why):
    checked = changed("moderation")
    file = checked.folder / "results.json"
    told = json.loads(file.read_text("utf-8"))
    told["test"][field] = value
    file.write_text(json.dumps(told), "utf-8")
    refused("result", checked, why)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"test": 3}'])
def test_a_report_that_is_none(changed, content):
    checked = changed("moderation")
    (checked.folder / "results.json").write_text(content, "utf-8")
    refused("result", checked, "results.json has no test")
    refused("slices", checked, "results.json has no test")


def test_a_readme_without_the_result(changed):
    checked = changed("moderation")
    file = checked.folder / "README.md"
    file.write_text(
        re.sub(r"It reaches .*?\. ", "It is good. ", file.read_text()), "utf-8"
    )
    refused("result", checked, "does not say score, low, high")


def test_tests_that_are_made_easy_are_put_back(changed):
    checked = changed("moderation")
    (checked.folder / checking.GIVEN).write_text("def test_all():\n    pass\n")
    put(checked, 'return "ham"')
    refused("tests", checked, "do not pass")


def test_own_tests_are_wanted(changed):
    checked = changed("moderation")
    (checked.folder / "tests" / "test_own.py").write_text('"""None."""\n')
    refused("tests", checked, "0 of your own")


def test_skipped_tests_do_not_count(changed):
    checked = changed("moderation")
    own = checked.folder / "tests" / "test_own.py"
    own.write_text("import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\n")
    refused("tests", checked, "1 tests do not pass")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no licence that is known"),
        ("All rights reserved. " * 40, "no licence that is known"),
        ("MIT License\n", "no licence that is known"),
        ("MIT License\n\nCopyright (c) <year> x" + " y" * 300, "not filled in"),
    ],
)
def test_licences(changed, text, why):
    checked = changed("moderation")
    (checked.folder / "LICENSE").write_text(text)
    refused("licence", checked, why)


def test_documents_that_are_missing(changed):
    checked = changed("moderation")
    for name, key in (
        ("README.md", "readme"),
        ("MODEL_CARD.md", "card"),
        ("LICENSE", "licence"),
    ):
        (checked.folder / name).unlink()
        refused(key, checked, f"there is no {name}")
    (checked.folder / "notebook.ipynb").write_text("{}")
    refused("notebook", checked, "is no notebook")


def test_a_notebook_that_fails(changed):
    checked = changed("moderation")
    file = checked.folder / "notebook.ipynb"
    file.write_text(
        file.read_text("utf-8").replace("print(Model.__name__)", "1 / 0"), "utf-8"
    )
    refused("notebook", checked, "ZeroDivisionError")


def test_a_program_that_does_not_end_is_ended(changed, tmp_path):
    checked = changed("moderation", runs_anew=True)
    checked.seconds = 1.5
    child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', CODE]).wait()"
    code = f"CODE = \"import time; time.sleep(3); open({str(tmp_path / 'late')!r}, 'w')\""
    put(checked, "pass", f"{code}\n{child}")
    refused("again", checked, "ran out of time")


# --------------------------------------------------------------------------------- the command


def test_the_command_in_one_line(tmp_path, capsys):
    assert main(["project", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    for words in (
        ["new", "poetry", "--to", str(tmp_path / "p")],
        ["check", str(tmp_path)],
        ["check", str(tmp_path / "nowhere")],
    ):
        assert main(["project", *words]) == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert error.startswith("nlpcourse: ")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["project", "new", "moderation", "--to", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_new_names_the_author(tmp_path, capsys):
    place = tmp_path / "mine"
    words = ["new", "moderation", "--to", str(place), "--author", "Zoë Ōe"]
    assert main(["project", *words]) == 0
    assert "Zoë Ōe" in (place / "LICENSE").read_text("utf-8")
    assert "next:" in capsys.readouterr().out
