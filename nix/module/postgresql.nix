# A database on this machine, and two roles: its owner, and who serves.
{ config, lib, ... }:
let
  cfg = config.services.rentomatic;
in
{
  config = lib.mkIf (cfg.enable && cfg.database.createLocally) {
    services.rentomatic.settings = {
      RENTOMATIC_REPOSITORY = "postgresql://rentomatic@/rentomatic?host=/run/postgresql";
      APPLICATION_USER = "rentomatic-web";
    };

    services.postgresql = {
      enable = true;
      ensureDatabases = [ "rentomatic" ];
      ensureUsers = [
        {
          name = "rentomatic";
          ensureDBOwnership = true;
          # It makes the other one, with its time limits and rights.
          ensureClauses.createrole = true;
        }
      ];
      # The owner's commands read and write rooms by the name of who serves.
      authentication = "local rentomatic rentomatic-web peer map=rentomatic-web";
      identMap = ''
        rentomatic-web rentomatic-web rentomatic-web
        rentomatic-web rentomatic rentomatic-web
      '';
    };

    assertions = [
      {
        assertion = builtins.compareVersions config.services.postgresql.package.version "15" >= 0;
        message = "services.postgresql.package is older than PostgreSQL 15: upgrade it, and its data";
      }
      {
        assertion = lib.hasInfix "map=rentomatic-web" config.services.postgresql.authentication;
        message = "services.postgresql.authentication has lost: local rentomatic rentomatic-web peer map=rentomatic-web";
      }
    ];
  };
}
