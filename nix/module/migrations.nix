# Creates and migrates the database before gunicorn starts, or restarts for a new version.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
in
{
  config = lib.mkIf (cfg.enable && common.isPostgres) {
    systemd.services.rentomatic-migrate = {
      description = "Rent-o-Matic: create and migrate the database";
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
          "${cfg.package}/bin/rentomatic db init"
          "${cfg.package}/bin/rentomatic db migrate"
        ];
        # The old version serves until the migration has succeeded. `+` runs systemctl as root.
        ExecStartPost = "+${config.systemd.package}/bin/systemctl --no-block try-restart rentomatic.service";
        RemainAfterExit = true;
        Restart = "on-failure";
        RestartSec = 10;
      };
    };
  };
}
