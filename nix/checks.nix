# The recipes of `just check`, except `security`, and `just test`, run on the built packages.
{ self, pkgs }:
let
  inherit (pkgs) lib;
  packages = self.packages.${pkgs.stdenv.hostPlatform.system};
  module = self.nixosModules.default;

  source = lib.cleanSource ../.;
  check =
    name: command:
    pkgs.runCommand "rentomatic-${name}"
      {
        nativeBuildInputs = [
          packages.development
          pkgs.nginx
          pkgs.postgresql_18
        ]
        ++ lib.optional (pkgs ? pgbouncer) pkgs.pgbouncer;
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
  lint = check "lint" "python -m tools.lint_words && python -m tools.generate --check && ruff check && ruff format --check";
  types = check "types" "mypy";
  contracts = check "contracts" "lint-imports";
  migrations = check "migrations" "python -m tools.lint_migrations";
  # `not registry`: the sandbox has no network.
  tests = check "tests" "pytest --integration -m 'not registry' -p no:cacheprovider";
  module = pkgs.callPackage ./module-check.nix { inherit module; };
  # Needs KVM.
  vm = pkgs.callPackage ./vm-test.nix {
    inherit module;
    package = packages.default;
  };
}
