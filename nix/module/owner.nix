# The user that owns the database and the files, and its generated secret key.
{
  config,
  lib,
  options,
  pkgs,
  ...
}:
let
  cfg = config.services.rentomatic;
  common = import ./common.nix { inherit config lib pkgs; };

  # Generated only if the option has its default.
  secretKey = options.services.rentomatic.credentials.RENTOMATIC_SECRET_KEY.default;
  generateSecretKey = pkgs.writeShellScript "rentomatic-secret-key" ''
    set -e
    head --bytes=48 /dev/urandom | base64 --wrap=0 >${secretKey}.new
    mv ${secretKey}.new ${secretKey}
  '';
  secretKeyUsers = [
    "rentomatic.service"
  ]
  ++ lib.optional common.isPostgres "rentomatic-migrate.service";
in
{
  config = lib.mkIf cfg.enable {
    users.users.rentomatic = {
      isSystemUser = true;
      group = "rentomatic";
    };
    users.groups.rentomatic = { };

    systemd.services.rentomatic-secret-key =
      lib.mkIf (cfg.credentials.RENTOMATIC_SECRET_KEY == secretKey)
        {
          description = "Rent-o-Matic: generate the secret key";
          wantedBy = secretKeyUsers;
          before = secretKeyUsers;
          unitConfig.ConditionPathExists = "!${secretKey}";
          serviceConfig =
            import ./hardening.nix
            // common.owner
            // {
              ExecStart = generateSecretKey;
            };
        };
  };
}
