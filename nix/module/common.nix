# Settings, credentials and sandboxing that the units share.
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

  # `rentomatic config show` does not print these: gunicorn reads them, or they are parts of the URL.
  unprinted = [
    "APPLICATION_HOSTNAME"
    "APPLICATION_PORT"
    "RENTOMATIC_GUNICORN_BIND"
    "RENTOMATIC_METRICS_BIND"
  ];

  # An EnvironmentFile of systemd. Its build fails if a setting is invalid or unknown.
  settingsFile =
    pkgs.runCommand "rentomatic.env"
      {
        lines = lib.concatMapStrings (name: "${name}=${builtins.toJSON settings.${name}}\n") (
          lib.attrNames settings
        );
        passAsFile = [ "lines" ];
      }
      ''
        placeholder=placeholder-for-validation-during-the-build
        env --ignore-environment RENTOMATIC_SECRET_KEY=$placeholder RENTOMATIC_POSITIONS_KEY=$placeholder \
          ${lib.escapeShellArgs (lib.mapAttrsToList (name: value: "${name}=${value}") settings)} \
          ${cfg.package}/bin/rentomatic config show >shown
        for name in ${lib.escapeShellArgs (lib.attrNames (removeAttrs settings unprinted))}; do
          grep --quiet "^$name=" shown || {
            echo "services.rentomatic.settings.$name: unknown setting" >&2
            exit 1
          }
        done
        cp "$linesPath" $out
        exit 0
      '';

  files = [ settingsFile ] ++ optionalFile cfg.environmentFile;
  secrets = lib.filterAttrs (_: file: file != null) cfg.credentials;
  optionalFile = file: lib.optional (file != null) file;

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

  # For pg_dump, pg_restore and psql.
  postgres = if cfg.database.createLocally then config.services.postgresql.package else pkgs.postgresql_18;

  # Units use it in `wants`, not `requires`: without the database, the application starts and reports the error.
  database = if cfg.database.createLocally then "postgresql.target" else "network-online.target";

  # Names of the settings that have a credential.
  credentials = lib.attrNames secrets;

  environment = lib.mapAttrs' (name: _: lib.nameValuePair "${name}_FILE" "%d/${name}") secrets;

  serviceConfig =
    (if cfg.database.createLocally then hardening else hardeningOverNetwork)
    // {
      EnvironmentFile = map toString files;
      LoadCredential = lib.mapAttrsToList (name: file: "${name}:${toString file}") secrets;
    };

  # For oneshot units of the database owner, which may store files.
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
      EnvironmentFile = map toString (files ++ optionalFile cfg.database.ownerEnvironmentFile);
    };
}
