# Everything runs in .venv, installed from locks with hashes. PYTHON=python3.12 make demo picks another Python.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-slow bench bench-library bench-listeners bench-faults bench-proof bench-words bench-voices bench-feed bench-publishing fuzz lock clean

demo: .venv/.run  ## a personal track with the embedded voice, in output/demo
	@$(BIN)/meditate demo

test: .venv/.dev  ## format, lint, types, architecture, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

test-slow: .venv/.dev  ## whole renders, the wheel, killed processes
	$(BIN)/pytest -m "slow and not alone" -n 2 --dist loadfile
	$(BIN)/pytest -m "slow and alone"

bench: .venv/.dev  ## ratios, each from one run
	$(BIN)/python -m benchmarks

bench-listeners: .venv/.dev  ## fifty listeners of one script: what all but the first cost
	$(BIN)/python -m benchmarks.listeners

bench-library: .venv/.dev  ## a course for its listeners: cold, again, one sentence, one listener more
	$(BIN)/python -m benchmarks.library

bench-faults: .venv/.dev  ## an online service that fails in every way; hostile scripts; canaries
	$(BIN)/python -m benchmarks.service
	$(BIN)/python -m benchmarks.strangers

bench-proof: .venv/.dev  ## scripts, paces, profiles and beds rendered and proven: benchmarks/PROOF.md
	$(BIN)/python -m benchmarks.proof

bench-words: .venv/.dev  ## how many words a recogniser misses in the mix, against the dry voice
	$(BIN)/python -m benchmarks.recognise

bench-voices: .venv/.dev  ## what each voice costs, and that none changes a pause
	$(BIN)/python -m benchmarks.voices

bench-publishing: .venv/.dev  ## three hundred tracks published, and again when nothing changed
	$(BIN)/python -m benchmarks.publishing

bench-feed: .venv/.dev  ## what four readers make of a feed that says all it can; needs npm
	$(BIN)/python -m benchmarks.feed

fuzz: .venv/.dev  ## new hostile inputs, ten minutes for each reader
	MEDITATE_FUZZ_SECONDS=$${MEDITATE_FUZZ_SECONDS:-600} $(BIN)/pytest -m slow tests/test_fuzz.py

lock: .venv/.dev  ## solve the dependencies anew
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group build -o requirements/run.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made requirements/run.lock pyproject.toml
	@echo "Installing into .venv (once; about 150 MB to fetch, 350 MB on disk)"
	@$(BIN)/pip install -q --require-hashes -r requirements/run.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.lock
	@$(BIN)/pip install -q --require-hashes -r requirements/dev.lock
	@touch $@
