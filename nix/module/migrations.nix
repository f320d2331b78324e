# The database is made and migrated before anybody serves, and before a new version replaces an old one.
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
          "${cfg.package}/bin/rentomatic db init"
          "${cfg.package}/bin/rentomatic db migrate"
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
