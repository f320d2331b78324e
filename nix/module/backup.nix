# Backs up PostgreSQL by a timer.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
  dependencies = [
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
      description = "Rent-o-Matic: back up the database";
      wants = dependencies;
      after = dependencies;
      path = [ common.postgres ];
      inherit (common) environment;
      inherit (cfg.backup) startAt;
      serviceConfig = common.ownerConfig // {
        ExecStart = "${cfg.package}/bin/rentomatic backup --keep ${toString cfg.backup.keep}";
        ReadWritePaths = [ cfg.backup.location ];
      };
    };

    systemd.timers.rentomatic-backup.timerConfig = {
      # Runs a missed backup after the next boot.
      Persistent = true;
      RandomizedDelaySec = "10min";
    };
  };
}
