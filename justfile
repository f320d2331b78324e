# What can be done with Rent-o-Matic. Without just on the machine: ./just RECIPE

set positional-arguments
# Named in full: a pure Nix shell has none on its PATH.
set shell := ["/bin/sh", "-cu"]

caller := quote(invocation_directory())
compile := "uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --prerelease if-necessary-or-explicit " + prepend("--no-emit-package rentomatic-", "cli core mongo postgres web")

# List the recipes
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# Make .venv what requirements/dev.txt and packages/ say, unless it is
_venv:
    @python3 -I -S tools/venv.py

# Serve http://127.0.0.1:8080/rooms until Ctrl-C
[no-exit-message]
serve: _venv
    @exec .venv/bin/python -m services.stack serve

# Start the stack in the background
[no-exit-message]
up: _venv
    @exec .venv/bin/python -m services.stack up

# Stop the stack in the background
[no-exit-message]
down: _venv
    @exec .venv/bin/python -m services.stack down

# Load new code and settings into the running stack, which goes on answering
[no-exit-message]
reload: _venv
    @exec .venv/bin/python -m services.stack reload

# Show the programs of the stack
[no-exit-message]
ps: _venv
    @exec .venv/bin/python -m services.stack ps

# Follow the log of the stack in the background
[no-exit-message]
logs: _venv
    @exec .venv/bin/python -m services.stack logs

# Run docker compose with the three containers: just compose up --detach
[no-exit-message]
compose *ARGS: _venv
    @exec .venv/bin/python -m services.stack compose "$@"

# Create the database of APPLICATION_DB, unless it is there, and the role that serves it
[no-exit-message]
init-db: (rentomatic "db" "init")

# Bring the database to the newest revision
[no-exit-message]
migrate: (rentomatic "db" "migrate")

# Write a migration from what the tables declare: just revision "add a column"
[no-exit-message]
revision TEXT: (rentomatic "db" "revision" TEXT)
    @.venv/bin/ruff format --quiet packages/postgres/src/rentomatic_postgres/schema/migrations

# Open the database in psql
[no-exit-message]
psql *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic db psql "$@"

# Write a backup of the database: just backup --keep 14
[no-exit-message]
backup *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic backup "$@"

# Replace what the database holds by a backup: just restore NAME
[no-exit-message]
restore *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic restore "$@"

# Run the rentomatic command: just rentomatic rooms list
[no-exit-message]
rentomatic *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic "$@"

# Run every test, or those that pytest's ARGS choose
[no-exit-message]
test *ARGS: _venv
    @exec .venv/bin/python -m pytest --integration --numprocesses 2 --dist worksteal "$@"

# Run the fast tests and start the whole stack once: less than a minute, for daily work
[no-exit-message]
test-quick *ARGS: _venv
    @# Only to collect the conformance tests takes seconds.
    @exec .venv/bin/python -m pytest --integration --numprocesses 2 --dist worksteal \
        -m "smoke or not (integration or slow)" -p no:schemathesis \
        --ignore tests/unit/test_conformance.py tests/e2e/test_smoke.py tests/contract tests/unit "$@"

# Measure the product beside its rivals; with few rooms and many: just bench growth; imports beside COPY: just bench import
[no-exit-message]
bench *ARGS: _venv
    @uv venv --quiet --no-project --allow-existing --python .venv/bin/python .cache/bench
    @uv pip sync --quiet --python .cache/bench --require-hashes requirements/bench.txt
    @exec .venv/bin/python -m tools.bench "$@"

# Break the stack under load, and count what becomes of requests: just chaos postgres
[no-exit-message]
chaos *ARGS: _venv
    @exec .venv/bin/python -m tools.chaos "$@"

# Take the pictures of docs/screenshots anew, in Chromium
screenshots: _venv
    .venv/bin/python -m tools.screenshots

# Check everything that needs no run: lint, types, contracts, security, migrations
check: lint types contracts security migrations

# Find what ruff objects to
lint: _venv
    .venv/bin/ruff check
    .venv/bin/ruff format --check

# Format the code
format: _venv
    .venv/bin/ruff check --fix
    .venv/bin/ruff format

# Check the types
types: _venv
    .venv/bin/mypy

# Check who imports whom
contracts: _venv
    .venv/bin/lint-imports

# Find migrations that would lock out the code which serves meanwhile
migrations: _venv
    @.venv/bin/python -m tools.lint_migrations

# Find what bandit objects to in the code, and zizmor in the workflows
security: _venv
    .venv/bin/bandit --quiet --configfile pyproject.toml --recursive packages services
    .venv/bin/zizmor --offline --quiet .github/workflows

# Look up the locked packages among the known vulnerabilities, which needs the network; before that, `security`
audit: security
    @# Without --strict, a package that the service does not know would count as one without a vulnerability.
    @.venv/bin/pip-audit --strict --disable-pip --progress-spinner off \
        --requirement requirements/prod.txt --requirement requirements/dev.txt || { \
        echo "audit: the packages have known vulnerabilities, or the service that knows them could not be asked: see above" >&2; exit 1; }

# Write requirements/, all pinned with hashes, and nix/wheels.json; newer versions with --upgrade
lock *ARGS: _venv
    {{ compile }} pyproject.toml --output-file requirements/prod.txt "$@"
    {{ compile }} pyproject.toml --group dev --output-file requirements/dev.txt "$@"
    {{ compile }} --group bench --constraint requirements/prod.txt --output-file requirements/bench.txt "$@"
    .venv/bin/python nix/lock_wheels.py

# Build the wheels into dist/
build: _venv
    uv build --all-packages --wheel --python .venv --out-dir dist
