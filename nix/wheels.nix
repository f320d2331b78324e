# Every wheel that a lock of requirements/ pins for this system.
#
# The lock says what they are, by name and hash; the hash here only lets Nix give the download
# the network. `just lock` rewrites it.
{
  lib,
  stdenvNoCC,
  cacert,
  python313,
  lock, # prod or dev
}:
let
  requirements = lib.fileset.toSource {
    root = ../requirements;
    fileset = ../requirements/${lock}.txt;
  };
  inherit (stdenvNoCC.hostPlatform) system;
in
stdenvNoCC.mkDerivation {
  name = "rentomatic-wheels-${lock}";
  nativeBuildInputs = [ (python313.withPackages (packages: [ packages.pip ])) ];
  SSL_CERT_FILE = "${cacert}/etc/ssl/certs/ca-bundle.crt";
  buildCommand = ''
    python3 ${./download_wheels.py} ${system} ${requirements}/${lock}.txt $out
    exit 0
  '';
  outputHashMode = "recursive";
  outputHash = (lib.importJSON ./wheels.json).${lock}.${system};
}
