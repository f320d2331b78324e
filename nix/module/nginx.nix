# A virtual host of the system's Nginx, from the templates of services/nginx.
{ config, lib, ... }:
let
  cfg = config.services.rentomatic;
  inherit (cfg) settings;
  host = config.services.nginx.virtualHosts.${cfg.hostName};
  unlimited = settings.RENTOMATIC_RATE_LIMIT == 0;
  cachesLists = settings.RENTOMATIC_MICRO_CACHE && settings.RENTOMATIC_READING == "public";

  values = lib.mapAttrs (_: toString) {
    NGINX_HTTPS_PORT = lib.optionalString cfg.https "443";
    NGINX_HSTS = lib.optionalString cfg.https "max-age=31536000";
    NGINX_HOSTS =
      if settings.RENTOMATIC_HOSTS == [ ] then
        "default \"\";"
      else
        "default 1; " + lib.concatMapStringsSep " " (host: "\"${host}/\" \"\";") settings.RENTOMATIC_HOSTS;
    NGINX_TRUSTED_PROXIES = lib.concatMapStringsSep " " (
      network: "set_real_ip_from ${network};"
    ) settings.RENTOMATIC_TRUSTED_PROXIES;
    NGINX_UPSTREAM = "server ${settings.RENTOMATIC_GUNICORN_BIND};";
    NGINX_PROXY_TIMEOUT = settings.RENTOMATIC_REQUEST_TIMEOUT + 5;
    NGINX_IMPORT_LIMIT = settings.RENTOMATIC_IMPORT_LIMIT;
    NGINX_PHOTO_LIMIT = settings.RENTOMATIC_PHOTO_LIMIT;
    NGINX_PHOTO_FOLDER = cfg.photoFolder;
    NGINX_PHOTO_PERMISSION = if settings.RENTOMATIC_READING == "public" then "off" else "/nginx-permission";
    # Nginx rejects a rate of 0, so no limit is a rate that is never reached.
    NGINX_RATE_LIMIT = if unlimited then 1000000 else settings.RENTOMATIC_RATE_LIMIT;
    NGINX_CACHE = if cachesLists then "on" else "off";
    NGINX_CACHE_FOLDER = "/var/cache/nginx/rentomatic";
    # The journal also has the application's log.
    NGINX_ACCESS_LOG = "syslog:server=unix:/dev/log,nohostname,tag=rentomatic_nginx";
  };

  rendered =
    level:
    builtins.replaceStrings (map (name: "\${${name}}") (lib.attrNames values)) (lib.attrValues values) (
      builtins.readFile (../../services/nginx + "/rentomatic.${level}.template")
    );
in
{
  config = lib.mkIf (cfg.enable && cfg.hostName != null) {
    services.nginx = {
      enable = true;
      commonHttpConfig = rendered "http";
      virtualHosts.${cfg.hostName} = {
        addSSL = lib.mkDefault (cfg.https && !host.forceSSL && !host.onlySSL);
        enableACME = lib.mkDefault (cfg.https && host.useACMEHost == null);
        extraConfig = rendered "server";
      };
    };

    # Membership lets Nginx connect to gunicorn's socket, and read photos.
    systemd.services.nginx.serviceConfig.SupplementaryGroups = [ "rentomatic" ];

    assertions = [
      {
        assertion = !(host.locations ? "/");
        message = "services.nginx.virtualHosts.${cfg.hostName}.locations.\"/\" belongs to services.rentomatic: remove it";
      }
    ];
  };
}
