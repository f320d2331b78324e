# The command as an operator types it, who is root: by the owner's name, with the settings of the units.
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
        echo "rentomatic: only root has its settings: try sudo rentomatic" >&2
        exit 1
      fi
      terminal=--pipe
      if [ -t 0 ] && [ -t 1 ]; then
        terminal=--pty
      fi
      unit=rentomatic-command-$$
      # Without a terminal between them, Ctrl-C ends who waits for the command, and not the command.
      trap '${config.systemd.package}/bin/systemctl stop "$unit"' INT
      # The unit's description is logged, and would otherwise have the arguments.
      ${config.systemd.package}/bin/systemd-run --quiet --collect --wait "$terminal" \
        --unit="$unit" --description="Rent-o-Matic: a command" \
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
