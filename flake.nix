{
  description = "Rent-o-Matic: a search engine for a company that rents rooms";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forEachSystem =
        output: nixpkgs.lib.genAttrs systems (system: output nixpkgs.legacyPackages.${system});
    in
    {
      devShells = forEachSystem (pkgs: {
        default = pkgs.callPackage ./nix/devshell.nix { };
      });
    };
}
