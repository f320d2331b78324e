# `nix run .#serve` and `nix run .#migrate` run the recipes of a checkout with pinned programs.
{
  lib,
  just,
  nginx,
  postgresql_18,
  python313,
  uv,
  writeShellApplication,
  ...
}:
lib.genAttrs
  [
    "serve"
    "migrate"
  ]
  (recipe: {
    type = "app";
    program = lib.getExe (writeShellApplication {
      name = "rentomatic-${recipe}";
      runtimeInputs = [
        just
        nginx
        postgresql_18
        python313
        uv
      ];
      text = ''exec just ${recipe} "$@"'';
    });
  })
