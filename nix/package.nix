# The wheel of one of our packages, built from its own folder only.
{
  lib,
  stdenvNoCC,
  python313,
  uv,
  name,
}:
let
  folder = ../packages + "/${name}";
in
stdenvNoCC.mkDerivation {
  pname = "rentomatic-${name}";
  inherit ((lib.importTOML (folder + "/pyproject.toml")).project) version;
  src = lib.fileset.toSource {
    root = folder;
    fileset = lib.fileset.unions [
      (folder + "/README.md")
      (folder + "/pyproject.toml")
      (folder + "/src")
    ];
  };
  nativeBuildInputs = [
    python313
    uv
  ];
  # uv contains the build backend uv_build, so the build needs no network.
  buildCommand = ''
    cp -r --no-preserve=mode $src source
    uv build --wheel --offline --no-cache --no-config --python ${python313}/bin/python3 --out-dir wheel source
    mkdir $out
    cp wheel/*.whl $out
    exit 0
  '';
}
