# Everything a developer runs. On a fresh machine with Python >= 3.11 (venv, pip), git and make, each target installs
# what it needs from PyPI into .venv first.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
# Each `oncall` that a test starts would else compile hundreds of modules anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check bench screenshots simulation faults-full fuzz clean

$(VENV)/installed: pyproject.toml uv.lock
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
	UV_PROJECT_ENVIRONMENT=$(VENV) VIRTUAL_ENV= $(RUN)/uv sync --frozen --quiet --inexact --compile-bytecode --python $(RUN)/python
	@touch $@

demo: $(VENV)/installed
	$(RUN)/oncall demo

# Three workers share one real PostgreSQL server that the run starts and stops by itself; whoever is done first takes over
# work of the others. For a third of its time a test waits, for a process or a server: three of them keep two cores busy.
# What works on real processes and whole simulations is judged by its outcome, not by the lines it covers. For the rest
# SQLite's files lie in memory where there is room: a commit does not wait for a disk then.
REAL := tests/e2e tests/faults tests/simulation
ROOMY := [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 2000000 ] && ! grep -q ' /dev/shm .*noexec' /proc/mounts
MEMORY := $(shell { $(ROOMY); } 2>/dev/null && echo /dev/shm)
PYTEST := pytest -n 3 --dist worksteal
test: $(VENV)/installed
	$(RUN)/coverage erase
	PYTEST_DEBUG_TEMPROOT=$(MEMORY) $(RUN)/coverage run -m $(PYTEST) $(addprefix --ignore=,$(REAL)) $(PYTEST_ARGS)
	$(RUN)/coverage combine --quiet
	$(RUN)/python -m $(PYTEST) $(REAL) $(PYTEST_ARGS)

check: $(VENV)/installed
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/deptry .

bench: $(VENV)/installed
	$(RUN)/python -m bench

screenshots: $(VENV)/installed
	$(RUN)/python -m screenshots.generate

clean:
	rm -rf $(VENV) dist .coverage .coverage.*

# The long form of every fault: the counts and spans of docs/operating.md. Prints what was promised and what arrived.
faults-full: $(VENV)/installed
	ONCALL_FAULTS=full ONCALL_REQUIRE_SYSTEM_TESTS=1 $(RUN)/python -m pytest tests/faults -v -s -n0 -p no:randomly

# The worker's own loops under a virtual clock, with faults drawn from seeds: `make simulation SEEDS=200000`.
SEEDS ?= 2000
simulation: $(VENV)/installed
	$(RUN)/python -m tests.simulation.run --seeds $(SEEDS)

# Mutated payloads of every dialect, each test that many of them: `make fuzz EXAMPLES=20000`.
EXAMPLES ?= 2000
fuzz: $(VENV)/installed
	ONCALL_FUZZ=$(EXAMPLES) $(RUN)/python -m pytest tests/intake/test_fuzz.py tests/intake/sources/test_fuzz.py -n 2 --timeout 3600
