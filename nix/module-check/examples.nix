# Configurations as operators write them, and what the module makes of each.
{
  lib,
  pkgs,
  module,
}:
rec {
  evaluated = settings: evaluatedBeside settings { };
  evaluatedBeside =
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
  off = evaluated { hostName = "rooms.example"; };
  local = evaluated { enable = true; };
  served = evaluated {
    enable = true;
    hostName = "rooms.example";
    workers = 2;
    settings.RENTOMATIC_RATE_LIMIT = 20;
    settings.RENTOMATIC_METRICS_BIND = "127.0.0.1:9464";
  };
  plain = evaluated {
    enable = true;
    hostName = "rooms.example";
    https = false;
  };
  own =
    evaluatedBeside
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
  taken =
    evaluatedBeside
      {
        enable = true;
        hostName = "rooms.example";
      }
      { services.nginx.virtualHosts."rooms.example".locations."/".root = "/srv"; };
  remote = evaluated {
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
  remoteBackup = evaluated {
    enable = true;
    credentials.APPLICATION_PASSWORD = "/run/secrets/web";
    settings.APPLICATION_USER = "web";
    database = {
      createLocally = false;
      url = "postgresql://owner@db.example/rooms";
    };
    backup.location = "/srv/backups";
  };
  mongo = evaluated {
    enable = true;
    database = {
      createLocally = false;
      url = "mongodb://db.example/rooms";
    };
  };
}
