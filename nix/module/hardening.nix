# Sandboxing of every unit (systemd.exec(5)).
{
  CapabilityBoundingSet = "";
  DevicePolicy = "closed";
  # systemd opens the listening sockets, and local PostgreSQL uses a unix socket.
  IPAddressDeny = "any";
  LockPersonality = true;
  MemoryDenyWriteExecute = true;
  NoNewPrivileges = true;
  PrivateDevices = true;
  PrivateMounts = true;
  PrivateNetwork = true;
  PrivateTmp = true;
  PrivateUsers = true;
  ProcSubset = "pid";
  ProtectClock = true;
  ProtectControlGroups = true;
  ProtectHome = true;
  ProtectHostname = true;
  ProtectKernelLogs = true;
  ProtectKernelModules = true;
  ProtectKernelTunables = true;
  ProtectProc = "invisible";
  ProtectSystem = "strict";
  RemoveIPC = true;
  RestrictAddressFamilies = [ "AF_UNIX" ];
  RestrictNamespaces = true;
  RestrictRealtime = true;
  RestrictSUIDSGID = true;
  SystemCallArchitectures = "native";
  SystemCallFilter = [
    "@system-service"
    "~@privileged @resources"
    # gunicorn calls chown for its own files.
    "@chown"
    # The reader of Excel files limits its own memory and time.
    "prlimit64"
    "setrlimit"
  ];
  UMask = "0077";
}
