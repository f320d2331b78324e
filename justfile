# Commands for developing and running Rent-o-Matic. Without just on the machine: ./just RECIPE

set positional-arguments
# An absolute path, because a pure Nix shell has no sh on PATH.
set shell := ["/bin/sh", "-cu"]

caller := quote(invocation_directory())
compile := "uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --prerelease if-necessary-or-explicit " + prepend("--no-emit-package rentomatic-", "cli core mongo places postgres web")

# List the recipes
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# Install requirements/dev.txt and packages/ into .venv, unless it is up to date
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

# Load new code and settings into the running stack without downtime
[no-exit-message]
reload: _venv
    @exec .venv/bin/python -m services.stack reload

# Show the state of the stack's programs
[no-exit-message]
ps: _venv
    @exec .venv/bin/python -m services.stack ps

# Follow the log of the stack in the background
[no-exit-message]
logs: _venv
    @exec .venv/bin/python -m services.stack logs

# Run docker compose with services/compose.yaml: just compose up --detach
[no-exit-message]
compose *ARGS: _venv
    @exec .venv/bin/python -m services.stack compose "$@"

# Create the database APPLICATION_DB and the application role, unless they exist
[no-exit-message]
init-db: (rentomatic "db" "init")

# Migrate the database to the newest revision
[no-exit-message]
migrate: (rentomatic "db" "migrate")

# Generate a migration from the declared tables: just revision "add a column"
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

# Replace the contents of the database with a backup: just restore NAME
[no-exit-message]
restore *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic restore "$@"

# Run the rentomatic command: just rentomatic rooms list
[no-exit-message]
rentomatic *ARGS: _venv
    @exec .venv/bin/python -m services.stack run --directory {{ caller }} -- rentomatic "$@"

# Run all tests, or a part of them: just test tests/unit -k cursor
[no-exit-message]
test *ARGS: _venv
    @exec .venv/bin/python -m pytest --integration --numprocesses 4 --dist worksteal "$@"

# Run the fast tests and start the whole stack once: less than a minute, for daily work
[no-exit-message]
test-quick *ARGS: _venv
    @# Only to collect the conformance tests takes seconds.
    @exec .venv/bin/python -m pytest --integration --numprocesses 2 --dist worksteal \
        -m "smoke or not (integration or slow)" -p no:schemathesis \
        --ignore tests/unit/test_conformance.py tests/e2e/test_smoke.py tests/contract tests/unit "$@"

# Compare the product with rivals, or measure: just bench cpu, growth, import, memory, places or sitemaps
[no-exit-message]
bench *ARGS: _venv
    @uv venv --quiet --no-project --allow-existing --python .venv/bin/python .cache/bench
    @uv pip sync --quiet --python .cache/bench --require-hashes requirements/bench.txt
    @exec .venv/bin/python -m tools.bench "$@"

# Build the file of places in packages/places from requirements/places.txt, or another file
places *FILE: _venv
    @uv venv --quiet --no-project --allow-existing --python .venv/bin/python .cache/places
    @uv pip sync --quiet --python .cache/places --require-hashes requirements/places.txt
    @uv pip install --quiet --python .cache/places --no-deps -e packages/core -e packages/places
    @exec .cache/places/bin/python -m tools.places "$@"

# Inject faults into a stack under load, and check its responses: just chaos postgres
[no-exit-message]
chaos *ARGS: _venv
    @exec .venv/bin/python -m tools.chaos "$@"

# Regenerate docs/screenshots in Chromium
screenshots: _venv
    .venv/bin/python -m tools.screenshots

# Run all static checks: lint, types, contracts, security, migrations
check: lint types contracts security migrations

# Check style and formatting with ruff, wording, generated parts and translations
lint: _venv
    .venv/bin/ruff check
    .venv/bin/ruff format --check
    .venv/bin/python -m tools.lint_words
    .venv/bin/python -m tools.generate --check
    .venv/bin/python -m tools.translate --check

# Format the code
format: _venv
    .venv/bin/ruff check --fix
    .venv/bin/ruff format

# Write the parts of files that follow from the declared settings
generate: _venv
    .venv/bin/python -m tools.generate

# Bring the catalogues of the pages up to date, and list the texts without a translation
translate: _venv
    @.venv/bin/python -m tools.translate

# Derive the land of the maps from the file of `npm pack world-atlas@2.0.2`: just land FILE
[no-exit-message]
land FILE: _venv
    @.venv/bin/python -m tools.land {{ quote(FILE) }}

# Check types with mypy
types: _venv
    .venv/bin/mypy

# Check imports between layers with import-linter
contracts: _venv
    .venv/bin/lint-imports

# Find migrations that would block the running version, with squawk
migrations: _venv
    @.venv/bin/python -m tools.lint_migrations

# Check the code with bandit and the workflows with zizmor
security: _venv
    .venv/bin/bandit --quiet --configfile pyproject.toml --recursive packages services
    .venv/bin/zizmor --offline --quiet .github/workflows

# Run `security`, then look for known vulnerabilities of the locked packages (needs the network)
audit: security
    @# Without --strict, pip-audit passes packages that it cannot look up.
    @.venv/bin/pip-audit --strict --disable-pip --progress-spinner off \
        --requirement requirements/prod.txt --requirement requirements/dev.txt || { \
        echo "audit: the packages have known vulnerabilities, or the vulnerability service is unreachable: see above" >&2; exit 1; }

# Pin requirements/ with hashes, and hash wheels for Nix; newer versions with --upgrade
lock *ARGS: _venv
    {{ compile }} pyproject.toml --output-file requirements/prod.txt "$@"
    {{ compile }} pyproject.toml --group dev --output-file requirements/dev.txt "$@"
    {{ compile }} --group bench --constraint requirements/prod.txt --output-file requirements/bench.txt "$@"
    @# `just places` reads files of these packages, and imports none that needs another one.
    {{ compile }} --group places {{ prepend("--no-emit-package ", "numpy rapidfuzz scipy unidecode") }} --output-file requirements/places.txt "$@"
    .venv/bin/python nix/lock_wheels.py

# Build the wheels into dist/
build: _venv
    uv build --all-packages --wheel --python .venv --out-dir dist
