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
  inherit (cfg.settings) RENTOMATIC_GUNICORN_BIND RENTOMATIC_METRICS_BIND;

  socket = description: address: {
    inherit description;
    wantedBy = [ "sockets.target" ];
    listenStreams = [ (lib.removePrefix "unix:" address) ];
    socketConfig = {
      SocketGroup = "rentomatic";
      SocketMode = "0660";
      Service = "rentomatic.service";
      # As services/gunicorn.conf.py has it, which takes this queue as it is.
      Backlog =
        cfg.workers * (cfg.settings.RENTOMATIC_PROXY_TIMEOUT - cfg.settings.RENTOMATIC_STATEMENT_TIMEOUT);
    };
  };
  hasMetrics = RENTOMATIC_METRICS_BIND != "";
  sockets = [ "rentomatic.socket" ] ++ lib.optional hasMetrics "rentomatic-metrics.socket";
in
{
  config = lib.mkIf cfg.enable {
    systemd.sockets = {
      rentomatic = socket "Rent-o-Matic: where Nginx reaches it" RENTOMATIC_GUNICORN_BIND;
    }
    // lib.optionalAttrs hasMetrics {
      rentomatic-metrics = socket "Rent-o-Matic: where its metrics are read" RENTOMATIC_METRICS_BIND;
    };

    systemd.services.rentomatic = {
      description = "Rent-o-Matic, a search engine for rooms";
      requires = sockets;
      wants = [ common.database ];
      after = sockets ++ [ common.database ];
      wantedBy = [ "multi-user.target" ];
      # A new version must not stop the sockets, where requests wait for it, and not come before its migration.
      stopIfChanged = false;
      restartIfChanged = !common.isPostgres;
      # So that a reload lets the new processes serve before the old ones go.
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
        TimeoutStopSec = cfg.settings.RENTOMATIC_STOP_TIMEOUT;
        Restart = "always";
        RestartSec = 2;
      };
    };
  };
}
