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
  wantsSecretKey = [
    "rentomatic.service"
  ]
  ++ lib.optional common.isPostgres "rentomatic-migrate.service";

  # The command as an operator types it, who is root: by the owner's name, with the settings of the units.
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
    exec ${rentomatic} "$@"
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
    users.users.rentomatic = {
      isSystemUser = true;
      group = "rentomatic";
    };
    users.groups.rentomatic = { };

    environment.systemPackages = [ command ];

    systemd.services.rentomatic-secret-key =
      lib.mkIf (cfg.credentials.RENTOMATIC_SECRET_KEY == secretKey)
        {
          description = "Rent-o-Matic: the key that signs its cookies";
          wantedBy = wantsSecretKey;
          before = wantsSecretKey;
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
      wants = [ common.database ];
      after = [ common.database ];
      wantedBy = [ "rentomatic.service" ];
      before = [ "rentomatic.service" ];
      stopIfChanged = false;
      restartTriggers = [
        (builtins.toJSON {
          inherit (config.systemd.services.rentomatic)
            environment
            path
            serviceConfig
            unitConfig
            ;
        })
      ];
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
