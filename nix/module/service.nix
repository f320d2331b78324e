# What serves: gunicorn, as a user that is there only meanwhile, on sockets that stay when it is replaced.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
  inherit (cfg.settings)
    RENTOMATIC_GUNICORN_BIND
    RENTOMATIC_METRICS_BIND
    RENTOMATIC_PROXY_TIMEOUT
    RENTOMATIC_STATEMENT_TIMEOUT
    RENTOMATIC_STOP_TIMEOUT
    ;
in
{
  config = lib.mkIf cfg.enable {
    systemd.sockets.rentomatic = {
      description = "Rent-o-Matic: where Nginx and Prometheus reach it";
      wantedBy = [ "sockets.target" ];
      listenStreams = map (lib.removePrefix "unix:") (
        [ RENTOMATIC_GUNICORN_BIND ] ++ lib.optional (RENTOMATIC_METRICS_BIND != "") RENTOMATIC_METRICS_BIND
      );
      socketConfig = {
        SocketGroup = if cfg.hostName == null then "rentomatic" else config.services.nginx.group;
        SocketMode = "0660";
        # As services/gunicorn.conf.py has it, which takes this queue as it is.
        Backlog = cfg.workers * (RENTOMATIC_PROXY_TIMEOUT - RENTOMATIC_STATEMENT_TIMEOUT);
      };
    };

    systemd.services.rentomatic = {
      description = "Rent-o-Matic, a search engine for rooms";
      requires = [ "rentomatic.socket" ];
      wants = [
        "rentomatic-migrate.service"
        "rentomatic-secret-key.service"
        common.database
      ];
      after = [
        "rentomatic.socket"
        "rentomatic-migrate.service"
        "rentomatic-secret-key.service"
        common.database
      ];
      wantedBy = [ "multi-user.target" ];
      # A new version must not stop the socket, where requests wait for it, and not come before its migration.
      stopIfChanged = false;
      restartIfChanged = !common.isPostgres;
      unitConfig.StartLimitIntervalSec = 0;
      inherit (common) environment;
      serviceConfig = common.serviceConfig // {
        Type = "notify";
        DynamicUser = true;
        User = "rentomatic-web";
        ExecStart = "${cfg.package}/bin/gunicorn --config ${../../services/gunicorn.conf.py}";
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        KillMode = "mixed";
        TimeoutStopSec = RENTOMATIC_STOP_TIMEOUT;
        Restart = "always";
        RestartSec = 2;
      };
    };
  };
}
