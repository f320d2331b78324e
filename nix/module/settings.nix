# What other options say of the settings, what is preset, and what has no place among them.
{ config, lib, ... }:
let
  cfg = config.services.rentomatic;
  hosts = [ cfg.hostName ] ++ config.services.nginx.virtualHosts.${cfg.hostName}.serverAliases;
  isElsewhere = !cfg.database.createLocally && cfg.database.url != null;
  url = cfg.settings.RENTOMATIC_REPOSITORY or "";
  password = "[^:]*://[^/@]*:[^/]*@.*|.*[?&][^=&]*password=.*";

  # Of systemd's and Nginx's as well as of the application's, whose own presets a test compares with these.
  presets = {
    FLASK_CONFIG = "production";
    RENTOMATIC_DRAIN_FILE = "/run/rentomatic/draining";
    RENTOMATIC_HOSTS = lib.optionals (cfg.hostName != null) hosts;
    RENTOMATIC_IMPORT_LIMIT = 16777216;
    RENTOMATIC_METRICS_BIND = "";
    RENTOMATIC_MICRO_CACHE = false;
    RENTOMATIC_PROXY_TIMEOUT = 20;
    RENTOMATIC_RATE_LIMIT = 0;
    RENTOMATIC_READING = "public";
    RENTOMATIC_STATEMENT_TIMEOUT = 5;
    RENTOMATIC_STOP_TIMEOUT = 25;
    RENTOMATIC_TRUSTED_PROXIES = [ ];
  };

  # Nobody here reads these, or they would be read by everyone.
  refused =
    let
      secret = "is a secret, and everyone reads the store: credentials or environmentFile may have it";
      otherNginx = "is for another Nginx than this system's: see services.nginx.virtualHosts";
    in
    {
      APPLICATION_PASSWORD = secret;
      POSTGRES_PASSWORD = secret;
      RENTOMATIC_SECRET_KEY = secret;
      RENTOMATIC_BIND = otherNginx;
      RENTOMATIC_CERTIFICATE = otherNginx;
      RENTOMATIC_CERTIFICATE_KEY = otherNginx;
      RENTOMATIC_HTTPS_PORT = otherNginx;
      RENTOMATIC_PORT = otherNginx;
      RENTOMATIC_DRAIN_DELAY = "is for another supervisor: touch RENTOMATIC_DRAIN_FILE before a stop";
    };
in
{
  config = lib.mkIf cfg.enable {
    services.rentomatic.settings = {
      WEB_CONCURRENCY = cfg.workers;
      RENTOMATIC_GUNICORN_BIND = "unix:/run/rentomatic/gunicorn.sock";
      RENTOMATIC_REPOSITORY = lib.mkIf isElsewhere cfg.database.url;
      RENTOMATIC_BACKUPS = cfg.backup.location;
    }
    // lib.mapAttrs (_: lib.mkDefault) presets;

    assertions =
      lib.mapAttrsToList (name: reason: {
        assertion = !(cfg.settings ? ${name});
        message = "services.rentomatic.settings.${name} ${reason}";
      }) refused
      ++ lib.mapAttrsToList (name: preset: {
        assertion = builtins.typeOf cfg.settings.${name} == builtins.typeOf preset;
        message = "services.rentomatic.settings.${name} is no ${builtins.typeOf preset}";
      }) presets
      ++ [
        {
          assertion = cfg.database.createLocally == (cfg.database.url == null);
          message = "services.rentomatic.database.url has to be set where createLocally is false, and only there";
        }
        {
          assertion = builtins.match password url == null;
          message = "services.rentomatic.database.url has a password, and everyone reads the store: RENTOMATIC_REPOSITORY in an environmentFile may have one";
        }
      ];
  };
}
