# gunicorn as a dynamic user, on systemd sockets that stay open when it restarts.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };
  inherit (cfg.settings) RENTOMATIC_GUNICORN_BIND RENTOMATIC_METRICS_BIND;

  socket = description: address: {
    inherit description;
    wantedBy = [ "sockets.target" ];
    listenStreams = [ (lib.removePrefix "unix:" address) ];
    socketConfig = {
      SocketGroup = "rentomatic";
      SocketMode = "0660";
      Service = "rentomatic.service";
      # The formula of services/gunicorn.conf.py, which cannot change the backlog of an inherited socket.
      Backlog = cfg.workers * cfg.settings.RENTOMATIC_REQUEST_TIMEOUT;
    };
  };
  hasMetrics = RENTOMATIC_METRICS_BIND != "";
  sockets = [ "rentomatic.socket" ] ++ lib.optional hasMetrics "rentomatic-metrics.socket";
in
{
  config = lib.mkIf cfg.enable {
    systemd.sockets = {
      rentomatic = socket "Rent-o-Matic: socket for Nginx" RENTOMATIC_GUNICORN_BIND;
    }
    // lib.optionalAttrs hasMetrics {
      rentomatic-metrics = socket "Rent-o-Matic: socket for metrics" RENTOMATIC_METRICS_BIND;
    };

    systemd.services.rentomatic = {
      description = "Rent-o-Matic, a search engine for rooms";
      requires = sockets;
      wants = [ common.database ];
      after = sockets ++ [ common.database ];
      wantedBy = [ "multi-user.target" ];
      # Stopping the sockets would refuse requests that wait for the new version.
      stopIfChanged = false;
      # With PostgreSQL, rentomatic-migrate.service restarts this unit after the migration.
      restartIfChanged = !common.isPostgres;
      # Workers register here, so that a reload stops old workers only after new ones serve.
      environment = common.environment // {
        STACK_WORKERS = "%t/rentomatic-workers";
      };
      unitConfig.StartLimitIntervalSec = 0;
      serviceConfig = common.serviceConfig // {
        Type = "notify";
        Sockets = sockets;
        DynamicUser = true;
        User = "rentomatic-web";
        RuntimeDirectory = "rentomatic-workers";
        ExecStart = "${cfg.package}/bin/gunicorn --config ${../../services/gunicorn.conf.py}";
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        KillMode = "mixed";
        TimeoutStopSec = cfg.settings.RENTOMATIC_REQUEST_TIMEOUT + 10;
        Restart = "always";
        RestartSec = 2;
      };
    };
  };
}
