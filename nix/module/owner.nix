# Who owns the database and the files, and the first of these: a key.
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

  # The one that nobody has given.
  secretKey = options.services.rentomatic.credentials.RENTOMATIC_SECRET_KEY.default;
  makeSecretKey = pkgs.writeShellScript "rentomatic-secret-key" ''
    set -e
    head --bytes=48 /dev/urandom | base64 --wrap=0 >${secretKey}.new
    mv ${secretKey}.new ${secretKey}
  '';
  wantsSecretKey = [
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
          description = "Rent-o-Matic: the key that signs its cookies";
          wantedBy = wantsSecretKey;
          before = wantsSecretKey;
          unitConfig.ConditionPathExists = "!${secretKey}";
          serviceConfig =
            import ./hardening.nix
            // common.owner
            // {
              ExecStart = makeSecretKey;
            };
        };
  };
}
