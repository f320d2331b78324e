# Settings from other options, defaults, and settings that the module rejects.
{ config, lib, ... }:
let
  cfg = config.services.rentomatic;
  hosts = [ cfg.hostName ] ++ config.services.nginx.virtualHosts.${cfg.hostName}.serverAliases;
  isElsewhere = !cfg.database.createLocally && cfg.database.url != null;
  isApproximate = cfg.settings.RENTOMATIC_POSITIONS or "exact" == "approximate";
  url = cfg.settings.RENTOMATIC_REPOSITORY or "";
  password = "[^:]*://[^/@]*:[^/]*@.*|.*[?&][^=&]*password=.*";

  # systemd units and Nginx need these too. `just generate` writes the application's defaults.
  defaults = builtins.fromJSON (builtins.readFile ./defaults.json) // {
    FLASK_CONFIG = "production";
    RENTOMATIC_DRAIN_FILE = "/run/rentomatic/draining";
    RENTOMATIC_HOSTS = lib.optionals (cfg.hostName != null) hosts;
    RENTOMATIC_METRICS_BIND = "";
  };

  # Settings that would have no effect, and secrets.
  rejected =
    let
      secret = "is a secret, and the Nix store is world-readable: use credentials or environmentFile";
      otherNginx = "has no effect on the Nginx of NixOS: use services.nginx.virtualHosts";
    in
    {
      APPLICATION_PASSWORD = secret;
      POSTGRES_PASSWORD = secret;
      RENTOMATIC_POSITIONS_KEY = secret;
      RENTOMATIC_SECRET_KEY = secret;
      RENTOMATIC_BIND = otherNginx;
      RENTOMATIC_CERTIFICATE = otherNginx;
      RENTOMATIC_CERTIFICATE_KEY = otherNginx;
      RENTOMATIC_HTTPS_PORT = otherNginx;
      RENTOMATIC_PORT = otherNginx;
      RENTOMATIC_DRAIN_DELAY = "has no effect with systemd: create RENTOMATIC_DRAIN_FILE before a stop";
    };
in
{
  config = lib.mkIf cfg.enable {
    services.rentomatic.settings = {
      WEB_CONCURRENCY = cfg.workers;
      RENTOMATIC_GUNICORN_BIND = "unix:/run/rentomatic/gunicorn.sock";
      RENTOMATIC_REPOSITORY = lib.mkIf isElsewhere cfg.database.url;
      RENTOMATIC_BACKUPS = cfg.backup.location;
      RENTOMATIC_PHOTO_FOLDER = cfg.photoFolder;
    }
    // lib.mapAttrs (_: lib.mkDefault) defaults;

    assertions =
      lib.mapAttrsToList (name: reason: {
        assertion = !(cfg.settings ? ${name});
        message = "services.rentomatic.settings.${name} ${reason}";
      }) rejected
      ++ lib.mapAttrsToList (name: default: {
        assertion = builtins.typeOf cfg.settings.${name} == builtins.typeOf default;
        message = "services.rentomatic.settings.${name} must be of type ${builtins.typeOf default}";
      }) defaults
      ++ [
        {
          assertion = cfg.database.createLocally == (cfg.database.url == null);
          message = "services.rentomatic.database.url must be set if createLocally is false, and only then";
        }
        {
          assertion = builtins.match password url == null;
          message = "services.rentomatic.database.url contains a password, and the Nix store is world-readable: set RENTOMATIC_REPOSITORY in an environmentFile";
        }
        {
          assertion =
            !isApproximate
            || cfg.credentials.RENTOMATIC_POSITIONS_KEY != null
            || cfg.environmentFile != null;
          message = "services.rentomatic.credentials.RENTOMATIC_POSITIONS_KEY must be set for approximate positions";
        }
      ];
  };
}
