# A local database with two roles: the owner and the application role.
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
          # `rentomatic db init` creates the application role, with its timeouts and privileges.
          ensureClauses.createrole = true;
        }
      ];
      # Lets the owner's commands connect as the application role too.
      authentication = "local rentomatic rentomatic-web peer map=rentomatic-web";
      identMap = ''
        rentomatic-web rentomatic-web rentomatic-web
        rentomatic-web rentomatic rentomatic-web
      '';
    };

    assertions = [
      {
        assertion = builtins.compareVersions config.services.postgresql.package.version "15" >= 0;
        message = "services.postgresql.package must be PostgreSQL 15 or newer: upgrade it and its data";
      }
      {
        assertion = lib.hasInfix "map=rentomatic-web" config.services.postgresql.authentication;
        message = "services.postgresql.authentication must contain: local rentomatic rentomatic-web peer map=rentomatic-web";
      }
    ];
  };
}
