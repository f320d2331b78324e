{
  description = "Rent-o-Matic: a search engine for a company that rents rooms";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      # requirements/ is locked for these; the shell takes what PyPI has for macOS as well.
      linux = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      everywhere = linux ++ [ "aarch64-darwin" ];
      on =
        systems: output: nixpkgs.lib.genAttrs systems (system: output nixpkgs.legacyPackages.${system});
    in
    {
      packages = on linux (import ./nix/packages.nix);
      apps = on everywhere (import ./nix/apps.nix);
      checks = on linux (pkgs: import ./nix/checks.nix { inherit self pkgs; });
      nixosModules.default = import ./nix/module.nix { inherit self; };
      devShells = on everywhere (pkgs: {
        default = pkgs.callPackage ./nix/devshell.nix { };
      });
      formatter = on everywhere (pkgs: pkgs.nixfmt-tree);
    };
}
