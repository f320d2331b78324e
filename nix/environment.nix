# A Python environment: the wheels of a lock, and our packages as they are built, not as they lie in
# the checkout, so that a file which is missing from a wheel is missing here.
{
  lib,
  stdenvNoCC,
  autoPatchelfHook,
  gcc-unwrapped ? null,
  python313,
  zlib,
  lock,
  wheels,
  packages,
}:
stdenvNoCC.mkDerivation {
  pname = "rentomatic-${lock}";
  inherit (lib.head packages) version;
  nativeBuildInputs = [
    (python313.withPackages (packages: [ packages.pip ]))
    autoPatchelfHook
  ];
  # psycopg2-binary expects zlib of the system, and wheels that only tests use the C++ library.
  buildInputs = [ zlib ] ++ lib.optional (gcc-unwrapped != null) gcc-unwrapped.lib;
  dontUnpack = true;
  dontStrip = true;
  installPhase = ''
    ${python313}/bin/python3 -m venv --without-pip $out
    python3 -m pip --python $out/bin/python3 install --quiet --disable-pip-version-check \
      --no-index --no-deps ${wheels}/*.whl ${lib.concatMapStringsSep " " (p: "${p}/*.whl") packages}
    # They name the wheels' folders, which would then stay beside the environment for ever.
    rm $out/lib/python*/site-packages/*.dist-info/direct_url.json
  '';
  meta.mainProgram = "rentomatic";
}
