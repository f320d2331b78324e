# All wheels that a lock file in requirements/ pins for this system.
#
# pip checks each wheel by the hashes of the lock file. The hash of the folder, in wheels.json,
# makes this a fixed-output derivation, which may use the network. `just lock` updates it.
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
