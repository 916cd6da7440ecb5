# Two commands matter: `make book` and `make test`.  A second run does only what changed;
# `make -B test` runs everything again.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
JOBS   ?= 2
EXTRAS ?= book,test

# One thread a process: two threads on two busy cores are many times slower than one.
export OMP_NUM_THREADS := 1
export TOKENIZERS_PARALLELISM := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

DONE      := .stamps
SOURCES   := $(shell find src -name '*.py')
DATA      := $(shell find data -type f)
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
CHAPTERS  := $(foreach name,$(notdir $(NOTEBOOKS)),$(firstword $(subst _, ,$(name))))
TESTS     := $(shell find tests benchmarks -name '*.py')
EXTRA     := $(wildcard notebooks/pages/*.ipynb)
PAGES     := _config.yml _toc.yml $(shell find book -type f -not -path '*/node_modules/*')

.PHONY: help frameworks instructor book print serve lab test lint units notebooks pages measure clean distclean
.DEFAULT_GOAL := help

help:
	@echo "make book       build the book (environment, data and pages)"
	@echo "make print      print it: one PDF, _build/nlpcourse.pdf (needs Chromium)"
	@echo "make serve      open it on http://localhost:$(PORT)"
	@echo "make lab        open JupyterLab on your own copy of the notebooks, solutions out"
	@echo "make test       check everything"
	@echo "make frameworks install Keras, TensorFlow and AllenNLP's modules, for chapter 27"
	@echo "make instructor install nbgrader, Otter-Grader and Dask, for who teaches with the course"
	@echo "make measure    run every chapter on one core and record its time and memory"
	@echo "make clean      drop what was built; make distclean drops the environment, too"

# ---------------------------------------------------------------- set-up

$(DONE)/environment: pyproject.toml requirements.lock
	@mkdir -p $(DONE)
	test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --use-pep517 --constraint requirements.lock --editable ".[$(EXTRAS)]"
	@touch $@

# Chapter 27's frameworks, for those who want them; without them its notebook and its tests are
# left out with a line that says so.
frameworks: $(DONE)/frameworks
$(DONE)/frameworks: $(DONE)/environment
	$(BIN)/python -m pip install --quiet --use-pep517 --constraint requirements.lock --editable ".[$(EXTRAS),frameworks]"
	@touch $@

# What `nlpcourse assign` and `nlpcourse grade` need beside the course for other graders' formats
# and for a cluster.
instructor: $(DONE)/instructor
$(DONE)/instructor: $(DONE)/environment
	$(BIN)/python -m pip install --quiet --use-pep517 --constraint requirements.lock --editable ".[$(EXTRAS),instructor]"
	@touch $@

$(DONE)/assets: $(DONE)/environment data/assets.toml data/chapters.toml
	$(BIN)/nlpcourse data fetch $(CHAPTERS:%=--chapter %)
	@touch $@

$(DONE)/scripts: $(DONE)/environment scripts/vendor.py $(wildcard book/playground/*.json)
	$(BIN)/python scripts/vendor.py
	@touch $@

# ---------------------------------------------------------------- the book

$(DONE)/book: $(DONE)/assets $(DONE)/scripts $(PAGES) $(NOTEBOOKS) $(EXTRA) $(SOURCES) $(DATA)
	$(BIN)/jupyter-book build . -W -n --keep-going
	@touch $@

book: $(DONE)/book
	@echo
	@echo "The book is built.  Open it with:  make serve"
	@echo "(or without playgrounds: $(CURDIR)/_build/html/index.html)"

print: $(DONE)/book
	$(BIN)/python scripts/print_book.py

serve: $(DONE)/book
	@echo "http://localhost:$(PORT)   (stop with Ctrl-C)"
	@(sleep 1; $(BIN)/python -m webbrowser -t "http://localhost:$(PORT)" >/dev/null 2>&1 || true) &
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

lab: $(DONE)/assets
	$(BIN)/nlpcourse learner --to learner
	$(BIN)/jupyter lab learner

# ---------------------------------------------------------------- the tests

test: lint units notebooks pages
	@echo
	@echo "All checks passed."

lint: $(DONE)/lint
$(DONE)/lint: $(DONE)/environment $(SOURCES) $(TESTS) $(NOTEBOOKS) $(PAGES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests book/_ext scripts benchmarks
	$(BIN)/mypy
	$(BIN)/nlpcourse chapter format --check --all
	@touch $@

# `nlpcourse test` runs what a change can break, chapter by chapter; `make -B` runs all of it.
ALL := $(if $(findstring B,$(firstword -$(MAKEFLAGS))),--all)

units: $(DONE)/assets $(DONE)/scripts
	$(BIN)/nlpcourse test units --jobs $(JOBS) $(ALL)

notebooks: $(DONE)/assets
	$(BIN)/nlpcourse test notebooks --jobs $(JOBS) $(ALL)

pages: $(DONE)/book
	$(BIN)/nlpcourse test pages --jobs $(JOBS) $(ALL)

# ---------------------------------------------------------------- the rest

measure: $(DONE)/assets
	$(BIN)/nlpcourse measure --all

clean:
	rm -rf _build dist $(DONE)/book $(DONE)/scripts $(DONE)/lint $(DONE)/tested.json

distclean: clean
	rm -rf $(VENV) $(DONE)
