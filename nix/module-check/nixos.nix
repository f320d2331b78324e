# The options of NixOS that the module sets, so that a wrong type or an unknown option fails.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  option = type: default: mkOption { inherit type default; };
  required = type: mkOption { inherit type; };
  attrsOfSubmodules = options: option (types.attrsOf (types.submodule { inherit options; })) { };
  names = option (types.listOf types.str) [ ];
  text = option types.lines "";
  sections = option (types.attrsOf types.anything) { };

  unit = {
    description = option types.str "";
    requires = names;
    wants = names;
    after = names;
    before = names;
    wantedBy = names;
  };
in
{
  options = {
    assertions = option (types.listOf types.anything) [ ];
    environment.systemPackages = option (types.listOf types.package) [ ];
    users.groups = attrsOfSubmodules { };
    users.users = attrsOfSubmodules {
      isSystemUser = option types.bool false;
      group = required types.str;
    };
    services.nginx = {
      enable = option types.bool false;
      group = option types.str "nginx";
      commonHttpConfig = text;
      virtualHosts = attrsOfSubmodules {
        addSSL = option types.bool false;
        enableACME = option types.bool false;
        forceSSL = option types.bool false;
        onlySSL = option types.bool false;
        useACMEHost = option (types.nullOr types.str) null;
        serverAliases = names;
        locations = sections;
        extraConfig = text;
      };
    };
    services.postgresql = {
      enable = option types.bool false;
      package = option types.package (pkgs.postgresql_18 // { version = "18"; });
      ensureDatabases = names;
      ensureUsers = option (types.listOf types.anything) [ ];
      authentication = text;
      identMap = text;
    };
    systemd = {
      package = option types.package (pkgs.systemd or pkgs.coreutils);
      tmpfiles.settings = option (types.attrsOf sections.type) { };
      sockets = attrsOfSubmodules (
        unit
        // {
          listenStreams = names;
          socketConfig = sections;
        }
      );
      services = attrsOfSubmodules (
        unit
        // {
          environment = option (types.attrsOf types.str) { };
          path = option (types.listOf types.package) [ ];
          startAt = option types.str "";
          restartIfChanged = option types.bool true;
          restartTriggers = names;
          stopIfChanged = option types.bool true;
          unitConfig = sections;
          serviceConfig = sections;
        }
      );
      timers = attrsOfSubmodules { timerConfig = sections; };
    };
  };

  # NixOS also evaluates such assertions over all services first.
  config.assertions = lib.mapAttrsToList (name: service: {
    assertion = service.serviceConfig.Type or "simple" != "oneshot" || !(service.serviceConfig ? Sockets);
    message = "${name}.service has Type=oneshot, which cannot have Sockets";
  }) config.systemd.services;
}
