# The folder of uploaded photos, and a timer that removes photos that no room has.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
  dependencies = [ common.database ] ++ lib.optional common.isPostgres "rentomatic-migrate.service";
in
{
  config = lib.mkIf cfg.enable {
    # The group lets gunicorn write photos, which Nginx reads.
    systemd.tmpfiles.settings.rentomatic.${cfg.photoFolder}.d = {
      mode = "0770";
      user = "rentomatic";
      group = "rentomatic";
    };
    systemd.services.rentomatic.serviceConfig = {
      SupplementaryGroups = [ "rentomatic" ];
      ReadWritePaths = [ cfg.photoFolder ];
    };

    systemd.services.rentomatic-photos = {
      description = "Rent-o-Matic: remove unused photos";
      wants = dependencies;
      after = dependencies;
      inherit (common) environment;
      startAt = "daily";
      serviceConfig = common.ownerConfig // {
        ExecStart = "${cfg.package}/bin/rentomatic photos clean";
        ReadWritePaths = [ cfg.photoFolder ];
      };
    };
    systemd.timers.rentomatic-photos.timerConfig = {
      Persistent = true;
      RandomizedDelaySec = "1h";
    };
  };
}
