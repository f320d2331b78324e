# A backup every night, of what is in PostgreSQL.
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
  config = lib.mkIf (cfg.enable && cfg.backup.enable && common.isPostgres) {
    systemd.tmpfiles.rules = [ "d ${cfg.backup.location} 0700 rentomatic rentomatic" ];

    systemd.services.rentomatic-backup = {
      description = "Rent-o-Matic: a backup of its database";
      after = [
        "rentomatic-migrate.service"
        common.database
      ];
      path = [ common.postgres ];
      inherit (common) environment;
      inherit (cfg.backup) startAt;
      serviceConfig = common.ownerConfig // {
        ExecStart = "${cfg.package}/bin/rentomatic backup --keep ${toString cfg.backup.keep}";
        ReadWritePaths = [ cfg.backup.location ];
      };
    };

    systemd.timers.rentomatic-backup.timerConfig = {
      # The one that was missed while the machine was off is made up for.
      Persistent = true;
      RandomizedDelaySec = "10min";
    };
  };
}
