# `services.rentomatic` of NixOS: gunicorn on a socket of systemd's, and around it what the options ask for.
{ self }:
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;

  # What is secret may not come into the store, which everyone reads.
  outsideStore = types.pathWith {
    absolute = true;
    inStore = false;
  };
in
{
  # Two who import it import the same.
  _file = ./module.nix;
  key = "rentomatic";

  imports = [
    ./module/backup.nix
    ./module/command.nix
    ./module/migrations.nix
    ./module/nginx.nix
    ./module/owner.nix
    ./module/postgresql.nix
    ./module/service.nix
    ./module/settings.nix
  ];

  options.services.rentomatic = {
    enable = lib.mkEnableOption "Rent-o-Matic, a search engine for rooms";

    package = mkOption {
      type = types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      defaultText = lib.literalExpression "rentomatic.packages.\${system}.default";
      description = "The environment with gunicorn and the `rentomatic` command.";
    };

    hostName = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "rooms.example.org";
      description = ''
        The domain under which Nginx serves the rooms, as a virtual host that
        {option}`services.nginx.virtualHosts` can add to. Without one there is only
        {file}`/run/rentomatic/gunicorn.sock`, which the group `rentomatic` may open.
      '';
    };

    https = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether the domain is served by HTTPS, to which HTTP redirects, with a certificate that ACME fetches.
        {option}`security.acme.acceptTerms` and {option}`security.acme.defaults.email` are yours to set;
        or let the virtual host name a certificate of your own.
      '';
    };

    workers = mkOption {
      type = types.ints.positive;
      default = 4;
      description = "Processes of gunicorn.";
    };

    settings = mkOption {
      type = types.attrsOf (
        types.oneOf [
          types.bool
          types.int
          types.str
          (types.listOf types.str)
        ]
      );
      default = { };
      example = {
        RENTOMATIC_RATE_LIMIT = 20;
        RENTOMATIC_MICRO_CACHE = true;
        RENTOMATIC_CORS_ORIGINS = [ "https://www.example.org" ];
      };
      description = ''
        Settings of {file}`docs/operations.md`, by their names. They come into the store: for secrets there are
        {option}`services.rentomatic.credentials` and {option}`services.rentomatic.environmentFile`.
        A wrong one fails the build of the system, and is named.
      '';
    };

    # Files with the secret of one setting each, which only systemd has to be able to read.
    credentials = {
      APPLICATION_PASSWORD = mkOption {
        type = types.nullOr outsideStore;
        default = null;
        example = "/run/secrets/rentomatic";
        description = "The file with the password of `APPLICATION_USER`.";
      };

      RENTOMATIC_SECRET_KEY = mkOption {
        type = outsideStore;
        default = "/var/lib/rentomatic/secret-key";
        description = "The file with at least 32 characters that sign cookies. The default is made once.";
      };
    };

    environmentFile = mkOption {
      type = types.nullOr outsideStore;
      default = null;
      example = "/run/secrets/rentomatic.env";
      description = "A file of settings, `NAME=value` a line, that win over all others ({manpage}`systemd.exec(5)`).";
    };

    database = {
      createLocally = mkOption {
        type = types.bool;
        default = true;
        description = ''
          Whether the rooms are in the database `rentomatic` of this machine's PostgreSQL. The user and role
          `rentomatic` owns it; `rentomatic-web` serves it, and can change neither tables nor tokens.
        '';
      };

      url = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "postgresql://owner@db.example.org/rooms";
        description = ''
          Where the rooms are instead, without a password: `RENTOMATIC_REPOSITORY` in a file of settings has that.
          Of PostgreSQL it is the owner's URL, and `APPLICATION_USER` and `APPLICATION_PASSWORD` are who serves.
        '';
      };

      ownerEnvironmentFile = mkOption {
        type = types.nullOr outsideStore;
        default = null;
        example = "/run/secrets/rentomatic-owner.env";
        description = "A file of settings that what serves does not get, such as the owner's password.";
      };
    };

    backup = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a PostgreSQL database is backed up by a timer.";
      };

      startAt = mkOption {
        type = types.str;
        default = "*-*-* 02:30:00";
        description = "When ({manpage}`systemd.time(7)`).";
      };

      keep = mkOption {
        type = types.ints.positive;
        default = 14;
        description = "How many backups are kept.";
      };

      location = mkOption {
        type = outsideStore;
        default = "/var/lib/rentomatic/backups";
        description = "In which folder, of the user `rentomatic`.";
      };
    };
  };
}
