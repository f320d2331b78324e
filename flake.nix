{
  description = "Rent-o-Matic: a search engine for a company that rents rooms";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      # nix/wheels.json has hashes for these systems only; on macOS the shell installs from PyPI.
      linuxSystems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      allSystems = linuxSystems ++ [ "aarch64-darwin" ];
      forSystems =
        systems: output: nixpkgs.lib.genAttrs systems (system: output nixpkgs.legacyPackages.${system});
    in
    {
      packages = forSystems linuxSystems (import ./nix/packages.nix);
      apps = forSystems allSystems (import ./nix/apps.nix);
      checks = forSystems linuxSystems (pkgs: import ./nix/checks.nix { inherit self pkgs; });
      nixosModules.default = import ./nix/module.nix { inherit self; };
      devShells = forSystems allSystems (pkgs: {
        default = pkgs.callPackage ./nix/devshell.nix { };
      });
      formatter = forSystems allSystems (pkgs: pkgs.nixfmt-tree);
    };
}
