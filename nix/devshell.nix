# `nix develop`: a shell with the pinned Python, PostgreSQL, Nginx and Chromium on PATH.
{
  lib,
  mkShellNoCC,
  stdenv,
  chromium ? null,
  gcc-unwrapped ? null,
  git,
  just,
  nginx,
  pgbouncer ? null,
  postgresql_18,
  python313,
  uv,
  wrk ? null,
  zlib,
}:
mkShellNoCC {
  name = "rentomatic";
  packages = [
    git
    just
    nginx
    postgresql_18
    python313
    uv
  ]
  ++ lib.filter (program: program != null) [
    pgbouncer
    wrk
  ]
  # nixpkgs has no Chromium for macOS.
  ++ lib.optional (chromium != null && stdenv.hostPlatform.isLinux) chromium;

  # Keeps uv from using or downloading another Python.
  UV_PYTHON = "${python313}/bin/python3";
  UV_PYTHON_DOWNLOADS = "never";
  # Wheels in requirements/ link against these libraries, which NixOS has in no standard path.
  LD_LIBRARY_PATH = lib.makeLibraryPath (
    [ zlib ] ++ lib.optional (gcc-unwrapped != null) gcc-unwrapped.lib
  );

  shellHook = ''
    just --list --unsorted
  '';
}
