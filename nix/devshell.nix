# `nix develop`: the pinned Python, PostgreSQL, Nginx and Chromium, which every recipe finds on PATH.
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
  # There is none for macOS.
  ++ lib.optional (chromium != null && stdenv.hostPlatform.isLinux) chromium;

  # uv may neither look for another Python nor fetch one.
  UV_PYTHON = "${python313}/bin/python3";
  UV_PYTHON_DOWNLOADS = "never";
  # What the wheels of requirements/ expect of the system, and do not find on NixOS.
  LD_LIBRARY_PATH = lib.makeLibraryPath (
    [ zlib ] ++ lib.optional (gcc-unwrapped != null) gcc-unwrapped.lib
  );

  shellHook = ''
    just --list --unsorted
  '';
}
