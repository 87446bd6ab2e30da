# make run    solve the shipped plan for one gigawatt and print its summary
# make test   the checks and the tests; TESTS=all brings in the slow ones, as .ci/run does; TESTS=whole the long ones too
# make mutants  change the sources a little, at random, and see whether a test notices
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
TESTS ?= quick
CHOSEN = $(if $(filter whole,$(TESTS)),,$(if $(filter all,$(TESTS)),-m "not long",-m "not slow and not long"))
SAMPLE ?= 20
SEED ?= 1

# Compiled modules are kept whatever the environment says: tests start several hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint mutants bench fuzz fuzz-solve kills corruptions golden reference docs pythons coverage lock clean

run: $(STAMP)
	$(BIN)/gwplan solve models/one_gigawatt.toml

# The types are checked beside the tests; pytest's closing line comes last.
test: lint
	@tests/bring_programs.sh
	@mkdir -p build; $(BIN)/mypy > build/types.txt 2>&1 & types=$$!; \
	$(BIN)/python -m pytest -n 2 --dist worksteal $(CHOSEN); tests=$$?; \
	wait $$types || { cat build/types.txt; exit 1; }; exit $$tests

check: lint
	$(BIN)/mypy

lint: $(STAMP)
	$(BIN)/ruff check gwplan tests
	$(BIN)/codespell gwplan tests docs models inputs *.md Makefile

# A random sample of small changes of the sources, each against the tests near it; SEED chooses another one.
mutants: $(STAMP)
	$(BIN)/python -m tests.mutants --sample $(SAMPLE) --seed $(SEED)

# Times and sizes, and how they grow, written to docs/benchmarks.md; docs/benchmarks_whatif.md, docs/benchmarks_why.md, docs/benchmarks_hours.md and docs/benchmarks_hedge.md; about three quarters of an hour with nothing else running.
bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks --write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.whatif --write docs/benchmarks_whatif.md
	$(BIN)/python -m tests.benchmarks.why --write docs/benchmarks_why.md
	$(BIN)/python -m tests.benchmarks.hours --write docs/benchmarks_hours.md
	$(BIN)/python -m tests.benchmarks.hedges --write docs/benchmarks_hedge.md

# 5,000 damaged cases, of the day's seed or of GWPLAN_FUZZ_SEED: each is read, or its faults name file and rule. The suite has 200 of them.
fuzz: $(STAMP)
	GWPLAN_FUZZ=$${GWPLAN_FUZZ:-5000} $(BIN)/python -m pytest tests/fuzz -q -s

# Sixty processes killed at random moments: nothing half-written, nobody left, answers taken up. About a quarter of an hour.
kills: $(STAMP)
	$(BIN)/python -m tests.kills -n 60 --seed 1

# What the audit does not notice of many corruptions of two financed runs; some minutes.
corruptions: $(STAMP)
	$(BIN)/gwplan solve models/neocloud.toml --runs runs/corrupted
	$(BIN)/gwplan solve models/three_way_pact.toml --runs runs/corrupted
	$(BIN)/python -m tests.corruptions runs/corrupted/*

# Random problems against solvers that know nothing of gwplan: N cases with changed limits, and ten times as many small programs.
N ?= 200
fuzz-solve: $(STAMP)
	$(BIN)/python -m tests.solving.fuzz $(N)

# Write the expected LP files of the rules anew; read the difference before committing it.
golden: $(STAMP)
	GWPLAN_GOLDEN=write $(BIN)/python -m pytest tests/golden -n 2

# Write the pages of the documentation that come from the code: model, quantities, commands, model file, figures.
reference: $(STAMP)
	$(BIN)/python -m gwplan.commands.reference_pages docs

# The wheel on each Python that it claims and that is here, with the newest packages that it allows; some minutes.
pythons: $(STAMP)
	tests/pythons.sh

# How much of the package the quick tests run, by folder; what runs in processes of its own is not counted. Line by line in build/coverage/html.
coverage: $(STAMP)
	mkdir -p build/coverage
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --cov --cov-report=json:build/coverage/report.json --cov-report=html:build/coverage/html
	$(BIN)/python -m tests.coverage_by_folder build/coverage/report.json

# Pin what requirements.in names, with hashes. Needs pip-tools; the file names no registry.
lock:
	CUSTOM_COMPILE_COMMAND="make lock" pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-config --output-file requirements.txt requirements.in

# The stamp makes a second run instant: it is older only when the pins or the project's own metadata change.
$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(STAMP)

clean:
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find gwplan tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The documentation as a site in build/docs; a warning is an error.
docs: $(STAMP)
	$(BIN)/sphinx-build -q -W --keep-going docs build/docs
