# The recipes of `just check` and `just test`, on the packages as they are built.
{
  lib,
  runCommand,
  nginx,
  pgbouncer ? null,
  postgresql_18,
  development,
}:
let
  source = lib.cleanSource ../.;
  check =
    name: command:
    runCommand "rentomatic-${name}"
      {
        nativeBuildInputs = [
          development
          nginx
          postgresql_18
        ]
        ++ lib.optional (pgbouncer != null) pgbouncer;
      }
      ''
        cp -r --no-preserve=mode ${source} source
        cd source
        export HOME=$TMPDIR
        ${command}
        touch $out
        exit 0
      '';
in
{
  lint = check "lint" "ruff check && ruff format --check";
  types = check "types" "mypy";
  contracts = check "contracts" "lint-imports";
  migrations = check "migrations" "python -m tests.migrations";
  # Nothing is fetched here; what tests fetch otherwise, the other outputs are.
  tests = check "tests" "pytest --integration -m 'not registry' -p no:cacheprovider";
}
