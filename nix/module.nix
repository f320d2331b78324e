# The NixOS module `services.rentomatic`: gunicorn with socket activation, PostgreSQL, Nginx and backups.
{ self }:
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;

  # Keeps secrets out of the Nix store, which is world-readable.
  outsideStore = types.pathWith {
    absolute = true;
    inStore = false;
  };
in
{
  # Allows several imports of the module.
  _file = ./module.nix;
  key = "rentomatic";

  imports = [
    ./module/backup.nix
    ./module/command.nix
    ./module/migrations.nix
    ./module/nginx.nix
    ./module/owner.nix
    ./module/photos.nix
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
        The domain of the Nginx virtual host. {option}`services.nginx.virtualHosts` can extend the virtual host.
        If null, Nginx is not configured: connect to {file}`/run/rentomatic/gunicorn.sock` as a member of the
        group `rentomatic`.
      '';
    };

    https = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether to serve HTTPS, with a certificate from ACME, and redirect HTTP to it.
        Requires {option}`security.acme.acceptTerms` and {option}`security.acme.defaults.email`, unless the
        virtual host sets another certificate.
      '';
    };

    workers = mkOption {
      type = types.ints.positive;
      default = 4;
      description = "Number of gunicorn worker processes.";
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
        Settings by the names in {file}`docs/settings.md`. They are stored in the world-readable Nix store: set
        secrets with {option}`services.rentomatic.credentials` or {option}`services.rentomatic.environmentFile`.
        An invalid or unknown setting fails the build of the system with an error that names it.
      '';
    };

    photoFolder = mkOption {
      type = outsideStore;
      default = "/var/lib/rentomatic-photos";
      description = "Folder for uploaded photos. It belongs to the user and the group `rentomatic`, which Nginx and gunicorn are members of.";
    };

    # Files that each contain one secret setting. systemd passes them to the units, so only root needs to read them.
    credentials = {
      APPLICATION_PASSWORD = mkOption {
        type = types.nullOr outsideStore;
        default = null;
        example = "/run/secrets/rentomatic";
        description = "File that contains the password of `APPLICATION_USER`.";
      };

      RENTOMATIC_POSITIONS_KEY = mkOption {
        type = types.nullOr outsideStore;
        default = null;
        example = "/run/secrets/positions-key";
        description = "File that contains the key of approximate positions, at least 32 characters. It must never change.";
      };

      RENTOMATIC_SECRET_KEY = mkOption {
        type = outsideStore;
        default = "/var/lib/rentomatic/secret-key";
        description = "File that contains the key for signing cookies, at least 32 characters. The default file is generated once.";
      };
    };

    environmentFile = mkOption {
      type = types.nullOr outsideStore;
      default = null;
      example = "/run/secrets/rentomatic.env";
      description = "File with one setting `NAME=value` per line ({manpage}`systemd.exec(5)`). They override all other settings.";
    };

    database = {
      createLocally = mkOption {
        type = types.bool;
        default = true;
        description = ''
          Whether to store rooms in the database `rentomatic` of the local PostgreSQL. The role `rentomatic`
          owns the database. The application role `rentomatic-web` cannot change tables or tokens.
        '';
      };

      url = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "postgresql://owner@db.example.org/rooms";
        description = ''
          URL of another database, without a password: put the URL with a password into
          `RENTOMATIC_REPOSITORY` in an environment file. For PostgreSQL it is the URL of the database owner;
          the application connects as `APPLICATION_USER` with `APPLICATION_PASSWORD`.
        '';
      };

      ownerEnvironmentFile = mkOption {
        type = types.nullOr outsideStore;
        default = null;
        example = "/run/secrets/rentomatic-owner.env";
        description = "Environment file for the owner's units and commands only, such as migrations: gunicorn does not get it.";
      };
    };

    backup = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a timer backs up a PostgreSQL database.";
      };

      startAt = mkOption {
        type = types.str;
        default = "*-*-* 02:30:00";
        description = "When to back up ({manpage}`systemd.time(7)`).";
      };

      keep = mkOption {
        type = types.ints.positive;
        default = 14;
        description = "Number of backups to keep; older ones are deleted.";
      };

      location = mkOption {
        type = outsideStore;
        default = "/var/lib/rentomatic/backups";
        description = "Folder for the backups. It belongs to the user `rentomatic`.";
      };
    };
  };
}
