# What has to be true of the examples, each by a sentence.
{ lib, examples }:
let
  inherit (examples)
    evaluated
    local
    served
    plain
    own
    taken
    remote
    remoteBackup
    mongo
    off
    ;
  refusals = config: map (each: each.message) (lib.filter (each: !each.assertion) config.assertions);
  refuses =
    part: settings: lib.any (lib.hasInfix part) (refusals (evaluated ({ enable = true; } // settings)));

  configurations = [
    local
    served
    plain
    own
    remote
    remoteBackup
    mongo
  ];

  service = local.systemd.services.rentomatic;
  migrate = local.systemd.services.rentomatic-migrate;
  backup = local.systemd.services.rentomatic-backup;
  elsewhere = remote.systemd.services.rentomatic.serviceConfig;
  site = served.services.nginx;
  rules = site.virtualHosts."rooms.example".extraConfig;

  defined =
    config:
    map (name: "${name}.service") (lib.attrNames config.systemd.services)
    ++ map (name: "${name}.socket") (lib.attrNames config.systemd.sockets);
  # Those of NixOS and systemd that the module orders its own by.
  known = config: [
    "multi-user.target"
    "sockets.target"
    (if config.services.postgresql.enable then "postgresql.target" else "network-online.target")
  ];
  mentioned =
    config:
    lib.concatMap (unit: unit.requires ++ unit.wants ++ unit.after ++ unit.before ++ unit.wantedBy) (
      lib.attrValues config.systemd.services ++ lib.attrValues config.systemd.sockets
    );
  dangling = config: lib.filter (name: !lib.elem name (defined config ++ known config)) (mentioned config);
in
{
  "nothing is there unless it is enabled" =
    defined off == [ ]
    && off.services.rentomatic.settings == { }
    && off.systemd.timers == { }
    && off.systemd.tmpfiles.settings == { }
    && off.users.users == { }
    && off.environment.systemPackages == [ ]
    && !off.services.nginx.enable
    && !off.services.postgresql.enable;
  "no configuration that is meant to work is refused" = lib.all (config: refusals config == [ ]) configurations;
  "every unit that is named is there" = lib.all (config: dangling config == [ ]) configurations;

  "gunicorn takes the sockets over, and says when it is ready" =
    service.requires == [ "rentomatic.socket" ]
    && lib.elem "rentomatic.socket" service.after
    && service.serviceConfig.Sockets == [ "rentomatic.socket" ]
    && service.serviceConfig.Type == "notify";
  "metrics are read where the settings say, and nowhere unless they do" =
    served.systemd.sockets.rentomatic-metrics.listenStreams == [ "127.0.0.1:9464" ]
    && lib.elem "rentomatic-metrics.socket" served.systemd.services.rentomatic.requires
    && lib.elem "rentomatic-metrics.socket" served.systemd.services.rentomatic.serviceConfig.Sockets
    && lib.attrNames local.systemd.sockets == [ "rentomatic" ];
  "a reload knows which processes serve" =
    service.environment.STACK_WORKERS == "%t/${service.serviceConfig.RuntimeDirectory}";
  "the sockets outlive a new version" = !service.stopIfChanged && !migrate.stopIfChanged;
  "a new version replaces the old one when its migration is done, whatever changed" =
    !service.restartIfChanged
    && lib.hasSuffix "try-restart rentomatic.service" migrate.serviceConfig.ExecStartPost
    && lib.all (lib.hasInfix "gunicorn.conf.py") migrate.restartTriggers
    && mongo.systemd.services.rentomatic.restartIfChanged;
  "Nginx opens the socket, and nobody whom the group has not" =
    local.systemd.sockets.rentomatic.socketConfig.SocketGroup == "rentomatic"
    && local.systemd.sockets.rentomatic.socketConfig.SocketMode == "0660"
    && served.systemd.services.nginx.serviceConfig.SupplementaryGroups == [ "rentomatic" ]
    && !(local.systemd.services ? nginx);
  "the queue is as long as can be answered in time" =
    served.systemd.sockets.rentomatic.socketConfig.Backlog == 30
    && local.systemd.sockets.rentomatic.socketConfig.Backlog == 60;
  "a stop takes as long as the settings say" = service.serviceConfig.TimeoutStopSec == 25;
  "who serves is nobody in particular, and owns nothing" =
    service.serviceConfig.DynamicUser
    && service.serviceConfig.User == "rentomatic-web"
    && !(service.serviceConfig ? StateDirectory);

  "the database is migrated after it is there, and before anybody serves" =
    lib.elem "postgresql.target" migrate.after
    && lib.elem "rentomatic.service" migrate.before
    && migrate.wantedBy == [ "rentomatic.service" ]
    && map (lib.hasSuffix "db init") migrate.serviceConfig.ExecStart == [
      true
      false
    ];
  "PostgreSQL restarts without us" =
    service.requires ++ migrate.requires ++ backup.requires == [ "rentomatic.socket" ];
  "the owner's roles are the owner's" =
    map (user: user.name) local.services.postgresql.ensureUsers == [ "rentomatic" ]
    && local.services.postgresql.ensureDatabases == [ "rentomatic" ]
    && migrate.serviceConfig.User == "rentomatic"
    && backup.serviceConfig.User == "rentomatic";
  "MongoDB has neither migrations nor backups" =
    !(mongo.systemd.services ? rentomatic-migrate)
    && !(mongo.systemd.services ? rentomatic-backup)
    && mongo.systemd.timers == { }
    && mongo.systemd.services ? rentomatic;
  "a database elsewhere brings no PostgreSQL here" =
    !remote.services.postgresql.enable
    && lib.elem "network-online.target" remote.systemd.services.rentomatic-migrate.after
    && remote.services.postgresql.identMap == "";

  "secrets come by file, and who serves gets none of the owner's" =
    elsewhere.LoadCredential == [ "RENTOMATIC_SECRET_KEY:/run/secrets/key" ]
    && lib.elem "/run/secrets/rentomatic.env" elsewhere.EnvironmentFile
    && !(lib.elem "/run/secrets/owner.env" elsewhere.EnvironmentFile)
    && lib.elem "/run/secrets/owner.env" remote.systemd.services.rentomatic-migrate.serviceConfig.EnvironmentFile;
  "a file of the owner's is no credential" = refuses "settings.POSTGRES_PASSWORD is a secret" {
    settings.POSTGRES_PASSWORD = "p";
  };
  "a backup waits for what it needs, wherever that is" =
    remoteBackup.systemd.services.rentomatic-backup.wants == [
      "rentomatic-migrate.service"
      "network-online.target"
    ]
    && remoteBackup.systemd.services.rentomatic-backup.serviceConfig.ReadWritePaths == [ "/srv/backups" ]
    && remoteBackup.systemd.tmpfiles.settings.rentomatic."/srv/backups".d.user == "rentomatic"
    && lib.elem "APPLICATION_PASSWORD:/run/secrets/web"
      remoteBackup.systemd.services.rentomatic.serviceConfig.LoadCredential;
  "a key is made where none is given" =
    local.systemd.services ? rentomatic-secret-key
    && !(remote.systemd.services ? rentomatic-secret-key)
    && lib.elem "rentomatic.service" local.systemd.services.rentomatic-secret-key.before
    && service.serviceConfig.LoadCredential == [ "RENTOMATIC_SECRET_KEY:/var/lib/rentomatic/secret-key" ]
    && service.environment.RENTOMATIC_SECRET_KEY_FILE == "%d/RENTOMATIC_SECRET_KEY";
  "secrets do not come into the store" =
    refuses "settings.RENTOMATIC_SECRET_KEY is a secret" {
      settings.RENTOMATIC_SECRET_KEY = "k";
    }
    && refuses "database.url has a password" {
      database.createLocally = false;
      database.url = "postgresql://owner:secret@db.example/rooms";
    };
  "what nobody would read is refused" = refuses "settings.RENTOMATIC_PORT is for another Nginx" {
    settings.RENTOMATIC_PORT = 80;
  };
  "what has another type is refused" = refuses "settings.RENTOMATIC_MICRO_CACHE is no bool" {
    settings.RENTOMATIC_MICRO_CACHE = "on";
  };
  "a database is in one place" =
    refuses "database.url has to be set" {
      database.url = "postgresql://db.example/rooms";
    }
    && refuses "database.url has to be set" {
      database.createLocally = false;
    };

  "the site is served by HTTPS and its rules are those of the template" =
    site.enable
    && site.virtualHosts."rooms.example".enableACME
    && site.virtualHosts."rooms.example".addSSL
    && lib.hasInfix "proxy_pass http://rentomatic;" rules
    && lib.hasInfix "limit_req zone=rentomatic_clients burst=20 nodelay;" rules
    && lib.hasInfix "server unix:/run/rentomatic/gunicorn.sock;" site.commonHttpConfig
    && lib.hasInfix ''default 1; "rooms.example/" "";'' site.commonHttpConfig;
  "the virtual host may have another certificate, other names and more" =
    !own.services.nginx.virtualHosts."rooms.example".addSSL
    && !own.services.nginx.virtualHosts."rooms.example".enableACME
    && lib.hasInfix ''"rooms.example/" ""; "www.rooms.example/" "";'' own.services.nginx.commonHttpConfig
    && lib.any (lib.hasInfix "is where services.rentomatic serves") (refusals taken);
  "no name of ours is left in it" = !(lib.hasInfix "\${" (site.commonHttpConfig + rules));
  "plain HTTP has neither certificate nor redirect" =
    !plain.services.nginx.virtualHosts."rooms.example".enableACME
    && lib.hasInfix ''map "$uri $rentomatic_scheme " $rentomatic_insecure'' plain.services.nginx.commonHttpConfig
    && !(lib.hasInfix "max-age=31536000" plain.services.nginx.commonHttpConfig);
  "without a domain there is no Nginx" = !local.services.nginx.enable && local.services.nginx.virtualHosts == { };

  "a backup is made every night, and a missed one later" =
    backup.startAt != ""
    && local.systemd.timers.rentomatic-backup.timerConfig.Persistent
    && backup.serviceConfig.ReadWritePaths == [ "/var/lib/rentomatic/backups" ]
    && backup.path != [ ];
  "no backup is made that is not wanted" =
    !(remote.systemd.services ? rentomatic-backup)
    && remote.systemd.timers == { }
    && remote.systemd.tmpfiles.settings == { };
  "only who has to reaches the network" =
    service.serviceConfig.PrivateNetwork
    && migrate.serviceConfig.PrivateNetwork
    && backup.serviceConfig.PrivateNetwork
    && !(elsewhere ? PrivateNetwork)
    && !(elsewhere ? IPAddressDeny);
}
