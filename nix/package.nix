# The wheel of one of our packages, from its own folder and nothing else.
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
  # uv brings the build backend along, so that nothing has to be fetched.
  buildCommand = ''
    cp -r --no-preserve=mode $src source
    uv build --wheel --offline --no-cache --no-config --python ${python313}/bin/python3 --out-dir wheel source
    mkdir $out
    cp wheel/*.whl $out
    exit 0
  '';
}
