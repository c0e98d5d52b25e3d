.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
# One more than cores, for tests in a browser mostly wait.
WORKERS := $(shell expr $(JOBS) + 1)
# The rooms whose tests are quick, but for those marked as slow.
UNIT_TESTS := base formats core methods test_check.py codings planning project/test_readme.py project/test_package.py
# JupyterLab listens to this machine only, with its token (Voila, which comes with it, would serve pictures without one),
# and asks no other machine about news and newer versions. Its files are those of the project, for notebooks link to
# sources; its terminals know cmo-kit. In a container people are root.
LAB_OPTIONS := --ip=127.0.0.1 --allow-root --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
	--LabApp.app_settings_dir="$(CURDIR)/cmo_kit/widgets/serve/lab" --LabApp.news_url=None --LabApp.custom_css=True --VoilaConfiguration.file_allowlist='\b\B' \
	--ServerApp.contents_manager_class=cmo_kit.widgets.serve.contents.Notebooks

.PHONY: help install lab run test stale check lint format clean calibrate bench bench-ga bench-peers bench-search scale bench-rivals bounds-check claims exercises fuzz lowest coverage differential determinism faults mutation table3 table4 model-p operators parts study-check cluster-check best-known beyond notebooks app thorough ui-test ui-deps site site-check release

help:  ## Explain every target
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP)  ## Make the virtual environment .venv with everything locked in requirements.lock

# With which module is this Python new enough? An environment that is not, or that has no pip, is made anew.
with = -c 'import sys, $(1); sys.exit(sys.version_info < (3, 11))' 2> /dev/null

$(STAMP): requirements.lock pyproject.toml
	@$(BIN)/python $(call with,pip) || $(PYTHON) $(call with,ensurepip) || { echo "$(PYTHON) is not Python 3.11 or newer \
	with venv (Debian's python3-venv); name one that is, as in make install PYTHON=python3.12"; exit 1; }
	@$(BIN)/python $(call with,pip) || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

lab: install  ## Open the notebooks in JupyterLab, on this machine only
	PATH="$(CURDIR)/$(BIN):$$PATH" jupyter lab $(LAB_OPTIONS)

app: install  ## Serve the pictures that can be touched as a page without code, on this machine only
	$(BIN)/python -m cmo_kit.widgets.serve.app

lint: install  ## Check style, types and the directions of imports
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

check: lint  ## Check style, types, imports and the parts one by one: for daily use (under 90 seconds on 2 cores)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m "not slow" $(addprefix tests/,$(UNIT_TESTS))

format: install  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove results and caches, not the virtual environment
	rm -rf results build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

run: install  ## Run the paper's experiment on the Small set and render its report (done runs are kept)
	$(BIN)/cmo-kit run notebooks/studies/quick.toml --out results/quick --workers $(JOBS)

table4: install  ## Run Table 4 in full, all fifteen problems, and render its report (about 20 minutes on 2 cores)
	$(BIN)/cmo-kit run notebooks/studies/table4.toml --out results/table4 --workers $(JOBS)

# It takes hours: runs that are done are kept in notebooks/data, and it goes on from them.
model-p: install  ## Give [P] an hour on two Small problems and 20 minutes on the others, with CBC, HiGHS, CBC from the Expert (about 5 hours on 2 cores; installs the extra `highs`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[highs]'
	mkdir -p results && { test -d results/model-p || cp -R notebooks/data/model-p results/; }
	$(BIN)/cmo-kit run notebooks/studies/model-p.toml --out results/model-p --workers $(JOBS)

table3: install  ## Vary the parameters of Table 3, crossover with mutation, and what the paper leaves open (2,100 runs, about 40 minutes on 2 cores)
	$(BIN)/cmo-kit run notebooks/studies/table3.toml --out results/table3 --workers $(JOBS)

operators: install  ## Run every selection with every crossover and mutation on Small and Medium (2,700 runs, about 15 minutes on 2 cores)
	$(BIN)/cmo-kit run notebooks/studies/operators.toml --out results/operators --workers $(JOBS)

parts: install  ## Give the genetic algorithm the parts of pymoo, DEAP and PyGAD one by one on Large (minutes; installs the extra `peers`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	$(BIN)/python -m benchmarks.parts

study-check: install  ## Measure what a study costs beside its runs (minutes)
	$(BIN)/python -m benchmarks.overhead

cluster-check: install  ## Measure what a study of 5,000 runs costs on a Dask cluster that loses a worker (half an hour)
	$(BIN)/python -m benchmarks.overhead --cluster

# One run for code and notebooks, so that no core waits at the end of either. Hundreds of processes read the sources: they
# share what Python compiles, also where surroundings such as those of a container tell Python to keep nothing.
test: export PYTHONDONTWRITEBYTECODE :=
test: install  ## Check everything: code, notebooks, command line, pictures in a browser (5 to 9 minutes on 2 cores)
	$(BIN)/python -m tests.helpers.compile_once
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder --nbval --nbval-current-env \
		--nbval-sanitize-with notebooks/sanitize.cfg tests notebooks
	@$(BIN)/python -m tools.stale || true

stale: install  ## Say which stored results are older than the code that made them, and how to renew them (fails if any is)
	$(BIN)/python -m tools.stale

thorough: install  ## Run what make test has a sample of in full: more seeds, more examples (over an hour on 2 cores)
	CMO_THOROUGH=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadscope -m "not ui" tests

ui-test: install  ## Touch the pictures in Chromium: in the app and in JupyterLab (screenshots go to results/ui)
	$(BIN)/python -m pytest -rs -m ui tests/ui

ui-deps:  ## Install Debian's Chromium for ui-test (as root)
	@command -v apt-get > /dev/null || { echo "apt-get is missing: install Chromium in your system's own way, then run make ui-test."; exit 1; }
	@test "$$(id -u)" = 0 || { echo "Installing Chromium needs root: run this as root, for example with sudo make ui-deps."; exit 1; }
	apt-get update
	apt-get install --yes --no-install-recommends chromium

calibrate: install  ## Hold the generator's problems against the means of the paper's Table 4 (about 10 minutes)
	$(BIN)/python -m benchmarks.calibration

bench: install  ## Time the compiled decoder against its rivals in one process
	$(BIN)/python -m benchmarks

bench-ga: install  ## Time an evaluation of the genetic algorithm beside its decoding
	$(BIN)/python -m benchmarks.generation

bench-peers: install  ## Time the genetic algorithm against pymoo, DEAP and PyGAD (installs the extra `peers`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers]'
	$(BIN)/python -m benchmarks.peers

bench-search: install  ## Measure how good `search` is: best known, published values, paper's algorithm, a huge problem (about an hour)
	$(BIN)/python -m benchmarks.quality

scale: install  ## Measure what grows how from Large to ten times Large: genetic algorithm, search and bound (about 1.5 hours; resumable)
	$(BIN)/python -m benchmarks.scale

bench-rivals: install  ## Measure CP-SAT and PyJobShop beside `search` (over an hour; installs the extras `peers` and `cpsat`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[peers,cpsat]'
	$(BIN)/python -m benchmarks.quality rivals

SEED ?= 1
COUNT ?= 20000
bounds-check: COUNT = 3000
bounds-check: install  ## Hold the bounds against enumeration on COUNT=3000 random tiny problems (about half an hour with HiGHS; SEED=2 for others)
	$(BIN)/python -m tools.claims --batches 6 $(COUNT) $(SEED) bound bound_by_cases bound_with_poor_prices bound_by_programs bound_by_parts bound_by_orders_ended bound_by_runs_begun

claims: COUNT = 2000
claims: install  ## Hold what every method claims against exact optima of COUNT=2000 tiny problems at all scales (hours; METHODS="milp")
	$(BIN)/python -m tools.claims $(COUNT) $(SEED) $(METHODS)

exercises: install  ## Prove the exercises: all answers, changed references, copies worked through in kernels (minutes; PARTS="answers changes")
	JOBS=$(JOBS) $(BIN)/python -m tools.exercises $(PARTS)

lowest: install  ## Run the quick tests with the oldest versions that pyproject.toml allows, in an environment of their own (needs uv)
	@command -v uv > /dev/null || { echo "uv is missing: see https://docs.astral.sh/uv, then run make lowest."; exit 1; }
	uv venv --quiet --clear --python $(BIN)/python results/lowest
	uv pip install --quiet --python results/lowest/bin/python --resolution lowest-direct '.[dev]'
	results/lowest/bin/python -m pytest -q -n $(JOBS) --dist worksteal -m "not slow" $(addprefix tests/,$(UNIT_TESTS))

fuzz: install  ## Attack every reader with 20,000 damaged files, and the verifier with 500 forged certificates of each kind (minutes; COUNT=1000 for fewer, SEED=2 for others)
	$(BIN)/python -m tools.fuzz $(COUNT) $(SEED)

differential: COUNT = 1000
differential: install  ## Evaluate COUNT=1000 random schedules, drawn with SEED, in every way the kit has (minutes; CP-SAT if installed)
	$(BIN)/python -m tools.differential $(COUNT) $(SEED)

determinism: install  ## Hold the bytes of every kind of result against each other in all surroundings, also the slow ones (minutes)
	CMO_THOROUGH=1 $(BIN)/python -m pytest -q tests/project/test_determinism.py

faults: COUNT = 200
faults: install  ## Interrupt solve, run, bound and course grade, tournament, class COUNT=200 times each at moments drawn with SEED (an hour; COMMAND=run for one, SLOWER=5 where others are at work)
	$(BIN)/python -m tools.faults --count $(COUNT) --seed $(SEED) $(if $(COMMAND),--command $(COMMAND)) $(if $(SLOWER),--slower $(SLOWER))

coverage: install  ## List the lines and branches that no test runs, compiled code included (about 7 minutes; installs extras `cpsat`, `highs`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cpsat,highs]'
	rm -rf results/coverage && mkdir -p results/coverage
	NUMBA_CACHE_DIR=$(CURDIR)/results/coverage/compiled $(BIN)/python -m coverage run -m pytest -n $(JOBS) --dist loadscope tests --ignore tests/ui
	$(BIN)/python -m coverage combine --quiet
	@failed=0; for part in base/* formats/* core/* check.py methods/* fast/* models/* codings/* search/* bounds/* study/* course/*; do \
		$(BIN)/python -m coverage report --include "cmo_kit/$$part" || failed=1; \
	done; exit $$failed

mutation: COUNT = 60
mutation: install  ## Make COUNT=60 small changes of the code, drawn with SEED, and list those no test notices (hours; resumable)
	$(BIN)/python -m tools.mutation $(COUNT) $(SEED)

beyond: install  ## Measure the ideas beyond the paper for notebook 08 (about half an hour, one core; ANEW=seconds or everything first)
	$(BIN)/python -m benchmarks.beyond $(if $(ANEW),--anew $(ANEW))

best-known: install  ## Verify the table of best schedules and bounds; IMPROVE=60 tries to better every row first
	$(BIN)/python -m benchmarks.best_known $(if $(IMPROVE),--improve $(IMPROVE))

notebooks: install  ## Run the committed notebooks anew, in place (then read the differences)
	$(BIN)/jupyter nbconvert --log-level WARN --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False \
		--ExecutePreprocessor.store_widget_state=False --NotebookExporter.preprocessors=cmo_kit.widgets.stage.preprocessor.StillPictures \
		notebooks/*.ipynb notebooks/exercises/*.ipynb

site: install  ## Build the site with Sphinx into results/site, English and Korean (two minutes; installs the extra `docs`)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	$(BIN)/python -m tools.site

site-check: site  ## Look at every page of the site in Chromium: links, widths, requests, accessibility (minutes)
	$(BIN)/python -m tools.site_check

release: install  ## Build wheel and source distribution, install each in a fresh environment and try it (minutes; publishes nothing)
	$(BIN)/python -m tools.release
