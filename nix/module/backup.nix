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
  first = [
    "rentomatic-migrate.service"
    common.database
  ];
in
{
  config = lib.mkIf (cfg.enable && cfg.backup.enable && common.isPostgres) {
    systemd.tmpfiles.settings.rentomatic.${cfg.backup.location}.d = {
      mode = "0700";
      user = "rentomatic";
      group = "rentomatic";
    };

    systemd.services.rentomatic-backup = {
      description = "Rent-o-Matic: a backup of its database";
      wants = first;
      after = first;
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
