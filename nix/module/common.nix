# What the units share: who may know what, and how little they may do.
{
  config,
  lib,
  pkgs,
}:
let
  cfg = config.services.rentomatic;

  text =
    value:
    if lib.isList value then
      lib.concatStringsSep "," value
    else if builtins.isBool value then
      (if value then "on" else "off")
    else
      toString value;
  settings = lib.filterAttrs (_: value: value != "") (lib.mapAttrs (_: text) cfg.settings);

  # What `rentomatic config show` does not show: it is gunicorn's, or a part of the URL.
  unseen = [
    "APPLICATION_HOSTNAME"
    "APPLICATION_PORT"
    "RENTOMATIC_GUNICORN_BIND"
    "RENTOMATIC_METRICS_BIND"
  ];

  # As systemd reads it. That a setting is wrong, or unknown, shows when the system is built.
  settingsFile =
    pkgs.runCommand "rentomatic.env"
      {
        lines = lib.concatMapStrings (name: "${name}=${builtins.toJSON settings.${name}}\n") (
          lib.attrNames settings
        );
        passAsFile = [ "lines" ];
      }
      ''
        env --ignore-environment RENTOMATIC_SECRET_KEY=given-when-it-is-started-and-never-here \
          ${lib.escapeShellArgs (lib.mapAttrsToList (name: value: "${name}=${value}") settings)} \
          ${cfg.package}/bin/rentomatic config show >shown
        for name in ${lib.escapeShellArgs (lib.attrNames (removeAttrs settings unseen))}; do
          grep --quiet "^$name=" shown || {
            echo "services.rentomatic.settings.$name: there is no such setting" >&2
            exit 1
          }
        done
        cp "$linesPath" $out
        exit 0
      '';

  files = [ settingsFile ] ++ given cfg.environmentFile;
  secrets = lib.filterAttrs (_: file: file != null) cfg.credentials;
  given = file: lib.optional (file != null) file;

  hardening = import ./hardening.nix;
  hardeningOverNetwork =
    removeAttrs hardening [
      "IPAddressDeny"
      "PrivateNetwork"
    ]
    // {
      RestrictAddressFamilies = [
        "AF_UNIX"
        "AF_INET"
        "AF_INET6"
      ];
    };
in
rec {
  isPostgres = lib.hasPrefix "postgres" (cfg.settings.RENTOMATIC_REPOSITORY or "");

  # pg_dump, pg_restore and psql.
  postgres = if cfg.database.createLocally then config.services.postgresql.package else pkgs.postgresql_18;

  # Before what waits for it; that it stays away is for the application to say.
  database = if cfg.database.createLocally then "postgresql.target" else "network-online.target";

  # Of which settings.
  credentials = lib.attrNames secrets;

  environment = lib.mapAttrs' (name: _: lib.nameValuePair "${name}_FILE" "%d/${name}") secrets;

  serviceConfig =
    (if cfg.database.createLocally then hardening else hardeningOverNetwork)
    // {
      EnvironmentFile = map toString files;
      LoadCredential = lib.mapAttrsToList (name: file: "${name}:${toString file}") secrets;
    };

  # Whoever does one thing in the owner's name, and may keep files.
  owner = {
    Type = "oneshot";
    User = "rentomatic";
    Group = "rentomatic";
    StateDirectory = "rentomatic";
    StateDirectoryMode = "0700";
  };

  ownerConfig =
    serviceConfig
    // owner
    // {
      EnvironmentFile = map toString (files ++ given cfg.database.ownerEnvironmentFile);
    };
}
