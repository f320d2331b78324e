# A script that writes the units of a configuration into a folder, for `systemd-analyze`.
{ lib }:
folder: config:
let
  text = value: if builtins.isBool value then lib.boolToString value else toString value;
  lines =
    name: value:
    lib.concatMapStrings (each: "${name}=${text each}\n") (if lib.isList value then value else [ value ]);
  section =
    name: content: "[${name}]\n" + lib.concatStringsSep "" (lib.mapAttrsToList lines content) + "\n";

  unitSection =
    unit: more:
    section "Unit" (
      {
        Description = unit.description;
        Requires = unit.requires;
        Wants = unit.wants;
        After = unit.after;
        Before = unit.before;
      }
      // more
    );
  installSection = unit: section "Install" { WantedBy = unit.wantedBy; };

  path = unit: lib.optionalAttrs (unit.path != [ ]) { PATH = lib.makeBinPath unit.path; };
  environment = unit: lib.mapAttrsToList (name: value: "${name}=${value}") (unit.environment // path unit);
  service =
    unit:
    unitSection unit unit.unitConfig
    + section "Service" (unit.serviceConfig // { Environment = environment unit; })
    + installSection unit;

  socket =
    unit:
    unitSection unit { }
    + section "Socket" (unit.socketConfig // { ListenStream = unit.listenStreams; })
    + installSection unit;

  timer =
    name: unit:
    section "Timer" (unit.timerConfig // { OnCalendar = config.systemd.services.${name}.startAt; })
    + section "Install" { WantedBy = "timers.target"; };

  # Only the module's services; sockets and timers come from the module alone.
  ours = lib.filterAttrs (name: _: lib.hasPrefix "rentomatic" name);
  write = kind: name: content: "cat >${folder}/${name}.${kind} <<'END'\n${content}END\n";
in
lib.concatStringsSep "" (
  [ "mkdir -p ${folder}\n" ]
  ++ lib.mapAttrsToList (name: unit: write "service" name (service unit)) (ours config.systemd.services)
  ++ lib.mapAttrsToList (name: unit: write "socket" name (socket unit)) config.systemd.sockets
  ++ lib.mapAttrsToList (name: unit: write "timer" name (timer name unit)) config.systemd.timers
)
