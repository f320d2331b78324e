# The flake's packages: our five wheels, environments with them, and a container image.
{ lib, callPackage, ... }:
let
  names = [
    "cli"
    "core"
    "mongo"
    "places"
    "postgres"
    "web"
  ];
  packages = lib.genAttrs names (name: callPackage ./package.nix { inherit name; });
  environment =
    lock:
    callPackage ./environment.nix {
      inherit lock;
      wheels = callPackage ./wheels.nix { inherit lock; };
      packages = lib.attrValues packages;
    };
  default = environment "prod";
in
packages
// {
  inherit default;
  development = environment "dev";
  image = callPackage ./image.nix { environment = default; };
}
