# Facts that must be true of the examples, each named by a sentence.
{ lib, examples }:
let
  inherit (examples)
    evaluate
    local
    served
    plainHttp
    ownCertificate
    conflictingLocation
    remote
    remoteBackup
    mongo
    disabled
    ;
  failedMessages =
    config: map (each: each.message) (lib.filter (each: !each.assertion) config.assertions);
  rejects =
    part: settings:
    lib.any (lib.hasInfix part) (failedMessages (evaluate ({ enable = true; } // settings)));

  configurations = [
    local
    served
    plainHttp
    ownCertificate
    remote
    remoteBackup
    mongo
  ];

  service = local.systemd.services.rentomatic;
  migrate = local.systemd.services.rentomatic-migrate;
  backup = local.systemd.services.rentomatic-backup;
  remoteService = remote.systemd.services.rentomatic.serviceConfig;
  site = served.services.nginx;
  rules = site.virtualHosts."rooms.example".extraConfig;

  defined =
    config:
    map (name: "${name}.service") (lib.attrNames config.systemd.services)
    ++ map (name: "${name}.socket") (lib.attrNames config.systemd.sockets);
  # Units of NixOS and systemd that our units refer to.
  external = config: [
    "multi-user.target"
    "sockets.target"
    (if config.services.postgresql.enable then "postgresql.target" else "network-online.target")
  ];
  referenced =
    config:
    lib.concatMap (unit: unit.requires ++ unit.wants ++ unit.after ++ unit.before ++ unit.wantedBy) (
      lib.attrValues config.systemd.services ++ lib.attrValues config.systemd.sockets
    );
  undefinedUnits =
    config:
    lib.filter (name: !lib.elem name (defined config ++ external config)) (referenced config);
in
{
  "a disabled module defines nothing" =
    defined disabled == [ ]
    && disabled.services.rentomatic.settings == { }
    && disabled.systemd.timers == { }
    && disabled.systemd.tmpfiles.settings == { }
    && disabled.users.users == { }
    && disabled.environment.systemPackages == [ ]
    && !disabled.services.nginx.enable
    && !disabled.services.postgresql.enable;
  "valid examples pass all assertions" = lib.all (
    config: failedMessages config == [ ]
  ) configurations;
  "every referenced unit is defined" = lib.all (config: undefinedUnits config == [ ]) configurations;

  "gunicorn inherits the sockets, and notifies systemd when it is ready" =
    service.requires == [ "rentomatic.socket" ]
    && lib.elem "rentomatic.socket" service.after
    && service.serviceConfig.Sockets == [ "rentomatic.socket" ]
    && service.serviceConfig.Type == "notify";
  "the metrics socket exists only if RENTOMATIC_METRICS_BIND is set" =
    served.systemd.sockets.rentomatic-metrics.listenStreams == [ "127.0.0.1:9464" ]
    && lib.elem "rentomatic-metrics.socket" served.systemd.services.rentomatic.requires
    && lib.elem "rentomatic-metrics.socket" served.systemd.services.rentomatic.serviceConfig.Sockets
    && lib.attrNames local.systemd.sockets == [ "rentomatic" ];
  "workers register in the runtime directory, for reloads" =
    service.environment.STACK_WORKERS == "%t/${service.serviceConfig.RuntimeDirectory}";
  "an upgrade does not stop the sockets" = !service.stopIfChanged && !migrate.stopIfChanged;
  "an upgrade restarts gunicorn after the migration, or directly if there is no migration" =
    !service.restartIfChanged
    && lib.hasSuffix "try-restart rentomatic.service" migrate.serviceConfig.ExecStartPost
    && lib.all (lib.hasInfix "gunicorn.conf.py") migrate.restartTriggers
    && mongo.systemd.services.rentomatic.restartIfChanged;
  "only the group rentomatic, which includes Nginx, can connect to the socket" =
    local.systemd.sockets.rentomatic.socketConfig.SocketGroup == "rentomatic"
    && local.systemd.sockets.rentomatic.socketConfig.SocketMode == "0660"
    && served.systemd.services.nginx.serviceConfig.SupplementaryGroups == [ "rentomatic" ]
    && !(local.systemd.services ? nginx);
  "the backlog is the number of requests that can be served within the proxy timeout" =
    served.systemd.sockets.rentomatic.socketConfig.Backlog == 30
    && local.systemd.sockets.rentomatic.socketConfig.Backlog == 60;
  "the stop timeout is RENTOMATIC_REQUEST_TIMEOUT + 10" = service.serviceConfig.TimeoutStopSec == 25;
  "gunicorn runs as a dynamic user without a state directory" =
    service.serviceConfig.DynamicUser
    && service.serviceConfig.User == "rentomatic-web"
    && !(service.serviceConfig ? StateDirectory);

  "migrations run after PostgreSQL has started and before gunicorn starts" =
    lib.elem "postgresql.target" migrate.after
    && lib.elem "rentomatic.service" migrate.before
    && migrate.wantedBy == [ "rentomatic.service" ]
    && map (lib.hasSuffix "db init") migrate.serviceConfig.ExecStart == [
      true
      false
    ];
  "a restart of PostgreSQL restarts none of our units" =
    service.requires ++ migrate.requires ++ backup.requires == [ "rentomatic.socket" ];
  "the user rentomatic owns the database and runs migrations and backups" =
    map (user: user.name) local.services.postgresql.ensureUsers == [ "rentomatic" ]
    && local.services.postgresql.ensureDatabases == [ "rentomatic" ]
    && migrate.serviceConfig.User == "rentomatic"
    && backup.serviceConfig.User == "rentomatic";
  "MongoDB has neither migrations nor backups" =
    !(mongo.systemd.services ? rentomatic-migrate)
    && !(mongo.systemd.services ? rentomatic-backup)
    && lib.attrNames mongo.systemd.timers == [ "rentomatic-photos" ]
    && mongo.systemd.services ? rentomatic;
  "a remote database enables no local PostgreSQL" =
    !remote.services.postgresql.enable
    && lib.elem "network-online.target" remote.systemd.services.rentomatic-migrate.after
    && remote.services.postgresql.identMap == "";

  "secrets are read from files, and gunicorn cannot read the owner's" =
    remoteService.LoadCredential == [ "RENTOMATIC_SECRET_KEY:/run/secrets/key" ]
    && lib.elem "/run/secrets/rentomatic.env" remoteService.EnvironmentFile
    && !(lib.elem "/run/secrets/owner.env" remoteService.EnvironmentFile)
    && lib.elem "/run/secrets/owner.env" remote.systemd.services.rentomatic-migrate.serviceConfig.EnvironmentFile;
  "settings reject the owner's password" = rejects "settings.POSTGRES_PASSWORD is a secret" {
    settings.POSTGRES_PASSWORD = "p";
  };
  "a backup of a remote database has its dependencies, folder and credentials" =
    remoteBackup.systemd.services.rentomatic-backup.wants == [
      "rentomatic-migrate.service"
      "network-online.target"
    ]
    && remoteBackup.systemd.services.rentomatic-backup.serviceConfig.ReadWritePaths == [ "/srv/backups" ]
    && remoteBackup.systemd.tmpfiles.settings.rentomatic."/srv/backups".d.user == "rentomatic"
    && lib.elem "APPLICATION_PASSWORD:/run/secrets/web"
      remoteBackup.systemd.services.rentomatic.serviceConfig.LoadCredential;
  "approximate positions have their key from a file" =
    lib.elem "RENTOMATIC_POSITIONS_KEY:/run/secrets/positions"
      remoteBackup.systemd.services.rentomatic.serviceConfig.LoadCredential
    && remoteBackup.systemd.services.rentomatic.environment.RENTOMATIC_POSITIONS_KEY_FILE == "%d/RENTOMATIC_POSITIONS_KEY"
    && rejects "credentials.RENTOMATIC_POSITIONS_KEY must be set" {
      settings.RENTOMATIC_POSITIONS = "approximate";
    };
  "the secret key is generated only if no file is configured" =
    local.systemd.services ? rentomatic-secret-key
    && !(remote.systemd.services ? rentomatic-secret-key)
    && lib.elem "rentomatic.service" local.systemd.services.rentomatic-secret-key.before
    && service.serviceConfig.LoadCredential == [ "RENTOMATIC_SECRET_KEY:/var/lib/rentomatic/secret-key" ]
    && service.environment.RENTOMATIC_SECRET_KEY_FILE == "%d/RENTOMATIC_SECRET_KEY";
  "settings and database.url reject secrets" =
    rejects "settings.RENTOMATIC_SECRET_KEY is a secret" {
      settings.RENTOMATIC_SECRET_KEY = "k";
    }
    && rejects "settings.RENTOMATIC_POSITIONS_KEY is a secret" {
      settings.RENTOMATIC_POSITIONS_KEY = "k";
    }
    && rejects "database.url contains a password" {
      database.createLocally = false;
      database.url = "postgresql://owner:secret@db.example/rooms";
    };
  "settings without effect are rejected" = rejects "settings.RENTOMATIC_PORT has no effect" {
    settings.RENTOMATIC_PORT = 80;
  };
  "settings of a wrong type are rejected" =
    rejects "settings.RENTOMATIC_MICRO_CACHE must be of type bool"
      {
        settings.RENTOMATIC_MICRO_CACHE = "on";
      };
  "database.url must be set exactly if createLocally is false" =
    rejects "database.url must be set if" {
      database.url = "postgresql://db.example/rooms";
    }
    && rejects "database.url must be set if" {
      database.createLocally = false;
    };

  "the virtual host serves HTTPS with the rules of the templates" =
    site.enable
    && site.virtualHosts."rooms.example".enableACME
    && site.virtualHosts."rooms.example".addSSL
    && lib.hasInfix "proxy_pass http://rentomatic;" rules
    && lib.hasInfix "limit_req zone=rentomatic_clients burst=20 nodelay;" rules
    && lib.hasInfix "server unix:/run/rentomatic/gunicorn.sock;" site.commonHttpConfig
    && lib.hasInfix ''default 1; "rooms.example/" "";'' site.commonHttpConfig;
  "the virtual host can have its own certificate and aliases, but no location /" =
    !ownCertificate.services.nginx.virtualHosts."rooms.example".addSSL
    && !ownCertificate.services.nginx.virtualHosts."rooms.example".enableACME
    && lib.hasInfix ''"rooms.example/" ""; "www.rooms.example/" "";'' ownCertificate.services.nginx.commonHttpConfig
    && lib.any (lib.hasInfix "belongs to services.rentomatic") (failedMessages conflictingLocation);
  "no placeholder of the templates is left" = !(lib.hasInfix "\${" (site.commonHttpConfig + rules));
  "plain HTTP has neither certificate nor redirect" =
    !plainHttp.services.nginx.virtualHosts."rooms.example".enableACME
    && lib.hasInfix ''map "$uri $rentomatic_scheme " $rentomatic_insecure'' plainHttp.services.nginx.commonHttpConfig
    && !(lib.hasInfix ''https "max-age'' plainHttp.services.nginx.commonHttpConfig);
  "Nginx is disabled without hostName" = !local.services.nginx.enable && local.services.nginx.virtualHosts == { };

  "a backup runs every night, or after a missed night at the next boot" =
    backup.startAt != ""
    && local.systemd.timers.rentomatic-backup.timerConfig.Persistent
    && backup.serviceConfig.ReadWritePaths == [ "/var/lib/rentomatic/backups" ]
    && backup.path != [ ];
  "disabled backups have no service, timer or folder" =
    !(remote.systemd.services ? rentomatic-backup)
    && lib.attrNames remote.systemd.timers == [ "rentomatic-photos" ]
    && lib.attrNames remote.systemd.tmpfiles.settings.rentomatic == [ "/var/lib/rentomatic-photos" ];
  "unused photos are removed every day, with any database" =
    local.systemd.services.rentomatic-photos.startAt == "daily"
    && lib.elem "rentomatic-migrate.service" local.systemd.services.rentomatic-photos.after
    && mongo.systemd.services.rentomatic-photos.serviceConfig.User == "rentomatic"
    && mongo.systemd.services.rentomatic-photos.serviceConfig.ReadWritePaths == [ "/var/lib/rentomatic-photos" ];
  "gunicorn writes photos that Nginx reads, as members of the group rentomatic" =
    local.systemd.tmpfiles.settings.rentomatic."/var/lib/rentomatic-photos".d == {
      mode = "0770";
      user = "rentomatic";
      group = "rentomatic";
    }
    && service.serviceConfig.SupplementaryGroups == [ "rentomatic" ]
    && service.serviceConfig.ReadWritePaths == [ "/var/lib/rentomatic-photos" ]
    && lib.hasInfix ''alias "/var/lib/rentomatic-photos/$rentomatic_photo";'' rules;
  "only units of a remote database have network access" =
    service.serviceConfig.PrivateNetwork
    && migrate.serviceConfig.PrivateNetwork
    && backup.serviceConfig.PrivateNetwork
    && !(remoteService ? PrivateNetwork)
    && !(remoteService ? IPAddressDeny);
}
