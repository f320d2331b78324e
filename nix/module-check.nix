# Checks the configuration that the module generates, without a virtual machine. A false fact fails the build.
{
  lib,
  pkgs,
  runCommand,
  systemd ? null,
  module,
}:
let
  units = import ./module-check/units.nix { inherit lib; };
  examples = import ./module-check/examples.nix { inherit lib pkgs module; };
  facts = import ./module-check/facts.nix { inherit lib examples; };
  inherit (examples) served remote;
  falseFacts = lib.filter (fact: !facts.${fact}) (lib.attrNames facts);
in
if falseFacts != [ ] then
  throw "nix/module.nix: false: ${lib.concatStringsSep "; " falseFacts}"
else
  runCommand "rentomatic-module" { nativeBuildInputs = lib.optional (systemd != null) systemd; } ''
    ${units "$out/served" served}
    ${units "$out/remote" remote}
    ln -s ${lib.head served.environment.systemPackages} $out/command
    cat >$out/http.conf <<'END'
    ${served.services.nginx.commonHttpConfig}
    END
    cat >$out/server.conf <<'END'
    ${served.services.nginx.virtualHosts."rooms.example".extraConfig}
    END
    ${lib.optionalString (systemd != null) ''
      for units in $out/served $out/remote; do
        export SYSTEMD_UNIT_PATH=$units:${systemd}/example/systemd/system
        systemd-analyze verify --man=no $units/*
        systemd-analyze security --offline=true --threshold=15 $units/*.service
      done
    ''}
    exit 0
  ''
