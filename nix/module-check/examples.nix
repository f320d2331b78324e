# Example configurations of operators, evaluated with the module.
{
  lib,
  pkgs,
  module,
}:
rec {
  evaluate = settings: evaluateWith settings { };
  evaluateWith =
    settings: others:
    (lib.evalModules {
      modules = [
        ./nixos.nix
        module
        { services.rentomatic = settings; }
        others
      ];
      specialArgs = { inherit pkgs; };
    }).config;
  disabled = evaluate { hostName = "rooms.example"; };
  local = evaluate { enable = true; };
  served = evaluate {
    enable = true;
    hostName = "rooms.example";
    workers = 2;
    settings.RENTOMATIC_RATE_LIMIT = 20;
    settings.RENTOMATIC_METRICS_BIND = "127.0.0.1:9464";
  };
  plainHttp = evaluate {
    enable = true;
    hostName = "rooms.example";
    https = false;
  };
  ownCertificate =
    evaluateWith
      {
        enable = true;
        hostName = "rooms.example";
      }
      {
        services.nginx.virtualHosts."rooms.example" = {
          forceSSL = true;
          useACMEHost = "example";
          serverAliases = [ "www.rooms.example" ];
        };
      };
  conflictingLocation =
    evaluateWith
      {
        enable = true;
        hostName = "rooms.example";
      }
      { services.nginx.virtualHosts."rooms.example".locations."/".root = "/srv"; };
  remote = evaluate {
    enable = true;
    environmentFile = "/run/secrets/rentomatic.env";
    credentials.RENTOMATIC_SECRET_KEY = "/run/secrets/key";
    database = {
      createLocally = false;
      url = "postgresql://owner@db.example/rooms";
      ownerEnvironmentFile = "/run/secrets/owner.env";
    };
    backup.enable = false;
  };
  remoteBackup = evaluate {
    enable = true;
    credentials.APPLICATION_PASSWORD = "/run/secrets/web";
    credentials.RENTOMATIC_POSITIONS_KEY = "/run/secrets/positions";
    settings.APPLICATION_USER = "web";
    settings.RENTOMATIC_POSITIONS = "approximate";
    database = {
      createLocally = false;
      url = "postgresql://owner@db.example/rooms";
    };
    backup.location = "/srv/backups";
  };
  mongo = evaluate {
    enable = true;
    database = {
      createLocally = false;
      url = "mongodb://db.example/rooms";
    };
  };
}
