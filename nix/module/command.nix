# The command `rentomatic` for root: it runs as the user rentomatic with the settings of the units.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };

  properties =
    lib.concatMap (name: map (value: "--property=${name}=${value}") common.ownerConfig.${name})
      [
        "EnvironmentFile"
        "LoadCredential"
      ];
  withCredentials = pkgs.writeShellScript "rentomatic-with-credentials" ''
    ${lib.concatMapStrings (
      name: "export ${name}_FILE=$CREDENTIALS_DIRECTORY/${name}\n"
    ) common.credentials}
    exec ${cfg.package}/bin/rentomatic "$@"
  '';
  command = pkgs.writeShellApplication {
    name = "rentomatic";
    text = ''
      if [ "$(id --user)" != 0 ]; then
        echo "rentomatic: only root can read the settings: try sudo rentomatic" >&2
        exit 1
      fi
      terminal=--pipe
      if [ -t 0 ] && [ -t 1 ]; then
        terminal=--pty
      fi
      unit=rentomatic-command-$$
      # With --pipe, Ctrl-C interrupts systemd-run only; the unit needs to be stopped explicitly.
      trap '${config.systemd.package}/bin/systemctl stop "$unit"' INT
      # The default description is the command line, and arguments must not be logged.
      ${config.systemd.package}/bin/systemd-run --quiet --collect --wait "$terminal" \
        --unit="$unit" --description="Rent-o-Matic: rentomatic command" \
        --expand-environment=no --uid=rentomatic --gid=rentomatic \
        --property=UMask=0077 --property=WorkingDirectory=-"$PWD" \
        --setenv=PATH=${lib.makeBinPath [ common.postgres ]} ${lib.escapeShellArgs properties} \
        -- ${withCredentials} "$@"
    '';
  };
in
{
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ command ];
  };
}
