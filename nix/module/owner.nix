# Who owns the database and the files, and what is done by that name: migrations, a key, the command.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
  rentomatic = "${cfg.package}/bin/rentomatic";

  secretKey = "/var/lib/rentomatic/secret-key";
  makeSecretKey = pkgs.writeShellScript "rentomatic-secret-key" ''
    set -e
    head --bytes=48 /dev/urandom | base64 --wrap=0 >${secretKey}.new
    mv ${secretKey}.new ${secretKey}
  '';

  # The command as an operator types it, who is root: by the owner's name, with the settings of the units.
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
      # shellcheck disable=SC2016 # Credentials are where only the command itself knows.
      exec ${config.systemd.package}/bin/systemd-run --quiet --collect --wait "$terminal" --expand-environment=no \
        --uid=rentomatic --gid=rentomatic --property=WorkingDirectory=-"$PWD" \
        --setenv=PATH=${lib.makeBinPath [ common.postgres ]} \
        ${
          lib.concatMapStringsSep " " (file: "--property=EnvironmentFile=${file}") common.ownerConfig.EnvironmentFile
        } \
        ${lib.concatMapStringsSep " " (each: "--property=LoadCredential=${each}") common.ownerConfig.LoadCredential} \
        -- ${pkgs.bash}/bin/bash -c '${
          lib.concatMapStringsSep " " (name: "export ${name}_FILE=$CREDENTIALS_DIRECTORY/${name};") (lib.attrNames cfg.credentials)
        } exec ${rentomatic} "$@"' rentomatic "$@"
    '';
  };
in
{
  config = lib.mkIf cfg.enable {
    services.rentomatic.credentials.RENTOMATIC_SECRET_KEY = lib.mkDefault secretKey;

    users.users.rentomatic = {
      isSystemUser = true;
      group = "rentomatic";
    };
    users.groups.rentomatic = { };

    environment.systemPackages = [ command ];

    systemd.services.rentomatic-secret-key = lib.mkIf (cfg.credentials.RENTOMATIC_SECRET_KEY == secretKey) {
      description = "Rent-o-Matic: the key that signs its cookies";
      unitConfig.ConditionPathExists = "!${secretKey}";
      serviceConfig = import ./hardening.nix // {
        Type = "oneshot";
        User = "rentomatic";
        Group = "rentomatic";
        StateDirectory = "rentomatic";
        StateDirectoryMode = "0700";
        ExecStart = makeSecretKey;
      };
    };

    systemd.services.rentomatic-migrate = lib.mkIf common.isPostgres {
      description = "Rent-o-Matic: its database, and that at the newest revision";
      wants = [
        "rentomatic-secret-key.service"
        common.database
      ];
      after = [
        "rentomatic-secret-key.service"
        common.database
      ];
      before = [ "rentomatic.service" ];
      stopIfChanged = false;
      restartTriggers = [ (builtins.toJSON config.systemd.services.rentomatic.serviceConfig) ];
      inherit (common) environment;
      serviceConfig = common.ownerConfig // {
        ExecStart = [
          "${rentomatic} db init"
          "${rentomatic} db migrate"
        ];
        # What has served until now goes on meanwhile, and for good if this fails.
        ExecStartPost = "+${config.systemd.package}/bin/systemctl --no-block try-restart rentomatic.service";
        RemainAfterExit = true;
        Restart = "on-failure";
        RestartSec = 10;
      };
    };
  };
}
