# A Python environment with the wheels of a lock file and the built wheels of our packages. It does
# not use the source tree, so that checks find files that are missing from a wheel.
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
  # psycopg2-binary needs zlib; some wheels for tests need the C++ library.
  buildInputs = [ zlib ] ++ lib.optional (gcc-unwrapped != null) gcc-unwrapped.lib;
  dontUnpack = true;
  dontStrip = true;
  installPhase = ''
    ${python313}/bin/python3 -m venv --without-pip $out
    python3 -m pip --python $out/bin/python3 install --quiet --disable-pip-version-check \
      --no-index --no-deps ${wheels}/*.whl ${lib.concatMapStringsSep " " (p: "${p}/*.whl") packages}
    # The paths in these files would make the wheels runtime dependencies of the environment.
    rm $out/lib/python*/site-packages/*.dist-info/direct_url.json
  '';
  meta.mainProgram = "rentomatic";
}
