# Everything a fresh machine needs comes from these targets: a virtual environment in .venv from the hashed
# lock (requirements-run.lock: its part that the installed program needs, requirements-city.lock: that of a city), and a Chromium (the machine's, else
# Debian's package, else Playwright's own).
PYTHON ?= python3
BIN := .venv/bin

# every process of a test or a demonstration imports the same modules: what one compiled is kept for the next
export PYTHONDONTWRITEBYTECODE :=
# stores commit with fsync: in memory, where there is room for it, the tests do not wait for a disk
MEMORY := $(shell df --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 { print "/dev/shm" }')

TESTS = $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

.PHONY: beside desk demo demo-city demo-quarter test deep check lint types imports faults chaos fuzz portals pictures papers desk-pictures bench bench-city bench-desk bench-crawl bench-link bench-report setup browser lock clean install-check

# the quarter's last three weeks, to freeze and distribution; all its nights: make demo-quarter
demo: setup browser
	$(BIN)/python -m cli demo --last --nights 21

# the desk on the demonstration's data, with an account of every role
desk: setup browser
	@test -f var/demo/chengxin.db || $(MAKE) --no-print-directory demo
	$(BIN)/python -m cli desk -d var/demo/district --var var/demo --ready

demo-quarter: setup browser
	$(BIN)/python -m cli demo

# a city's night on this machine: a PostgreSQL (Debian's, else the Python package's), shared sites, three workers
demo-city: setup
	$(BIN)/python -m cli demo-city

test: setup browser
	$(TESTS) -m "not deep"

# what tests/deep.txt names: further instances of what `make test` tries, before a release
deep: setup browser
	$(TESTS) -m deep

# the tests wait for clocks and pages a third of their time: what needs no more than a processor runs beside them
check: setup browser
	$(MAKE) --no-print-directory -j 2 beside test

beside: setup
	$(MAKE) --no-print-directory lint imports types install-check

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

# the wheel, installed with the locked dependencies into an environment of its own, must work in an empty folder
install-check: setup browser
	PYTHON=$(PYTHON) .ci/install-check

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv || { echo "建立虚拟环境失败：需要 Python 3.11 以上及其 venv 模块" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

browser: setup
	@$(BIN)/python -m core.runtime.system_packages

# make faults ARGS=--corpus: every saved block page too, before every site
faults: setup browser
	$(BIN)/python -m benchmarks.fault_injection $(ARGS)

# killed at every boundary and at any moment, starved and lied to by the machine: make chaos TRIALS=220 SEED=7
TRIALS ?= 220
chaos: setup browser
	$(BIN)/python -m benchmarks.chaos --trials $(TRIALS) --seed $(SEED)

# columns that nobody thought of: make portals COUNT=200 SEED=7 REPORT=var/portals.txt
COUNT ?= 100
SEED ?= 1
REPORT ?= var/portals.txt
portals: setup browser
	$(BIN)/python -m benchmarks.portals_of_chance --count $(COUNT) --seed $(SEED) --report $(REPORT)

# portal try at a terminal on kinds of sites, for the documents: docs/images/try-*.png (needs Noto Sans Mono CJK SC)
pictures: setup browser
	$(BIN)/python -m benchmarks.portal_pictures

# the papers and letters of a demo played to its end (make demo), as pictures for the documents
# screens of the desk, for the documents: make desk-pictures DEMO=var/demo (one that was not played to its end)
desk-pictures: setup browser
	$(BIN)/python -m benchmarks.desk_pictures $(or $(DEMO),var/demo)

papers: setup browser
	$(BIN)/python -m benchmarks.paper_pictures var/demo

# every reader against hostile input: make fuzz EXAMPLES=2000, or MINUTES=30, or COVERAGE=600 (seconds; needs atheris)
EXAMPLES ?= 500
fuzz: setup
	$(BIN)/python -m tests.fuzz $(if $(COVERAGE),--coverage-guided $(COVERAGE),$(if $(MINUTES),--minutes $(MINUTES),--examples $(EXAMPLES)))

# every cost that docs/performance.md states, in one run: make bench, make bench ARGS="--full --only judging"
bench: setup browser
	$(BIN)/python -m benchmarks.performance $(ARGS)

bench-city: setup
	$(BIN)/python -m benchmarks.city

bench-desk: setup browser
	$(BIN)/python -m benchmarks.desk $(ARGS)

bench-crawl: setup
	$(BIN)/python -m benchmarks.crawl

bench-report: setup browser
	$(BIN)/python -m benchmarks.report

bench-link: setup .venv-bench/installed
	$(BIN)/python -m benchmarks.link

.venv-bench/installed: benchmarks/link.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/link.lock
	touch $@

lock:
	uv pip compile pyproject.toml --all-extras --group dev --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml -c requirements.lock --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements-run.lock
	uv pip compile pyproject.toml --extra city --extra s3 -c requirements.lock --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements-city.lock
	uv pip compile benchmarks/link.in --generate-hashes --no-emit-index-url --python-version 3.11 -o benchmarks/link.lock

clean:
	rm -rf .venv .venv-bench var
