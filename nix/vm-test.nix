# Two virtual machines: a server configured by the module, and a client.
{
  lib,
  openssl,
  runCommand,
  testers,
  module,
  package,
}:
let
  hostName = "rooms.example";

  certificate = runCommand "certificate" { nativeBuildInputs = [ openssl ]; } ''
    mkdir $out
    openssl req -x509 -newkey rsa:2048 -nodes -days 36500 -subj /CN=${hostName} \
      -addext subjectAltName=DNS:${hostName} -keyout $out/key.pem -out $out/certificate.pem
  '';

  # A next version that differs by one migration.
  nextVersion = package.overrideAttrs (old: {
    installPhase = old.installPhase + ''
      migrations=$(echo $out/lib/python*/site-packages/rentomatic_postgres/schema/migrations)
      head=$($out/bin/python3 -c "from alembic.script import ScriptDirectory
      print(ScriptDirectory('$migrations').get_current_head())")
      cat >$migrations/versions/next_version.py <<END
      from alembic import op
      revision = "next_version"
      down_revision = "$head"
      branch_labels = None
      depends_on = None
      def upgrade():
          op.execute("ALTER TABLE room ADD COLUMN storey integer")
      END
    '';
  });
in
testers.runNixOSTest {
  name = "rentomatic";

  nodes.server = {
    imports = [ module ];

    services.rentomatic = {
      enable = true;
      inherit hostName package;
      workers = 2;
      settings = {
        RENTOMATIC_METRICS_BIND = "127.0.0.1:9464";
        # gunicorn can take 20 s to start in an emulated machine, and requests wait for it.
        RENTOMATIC_REQUEST_TIMEOUT = 120;
      };
    };
    services.nginx.virtualHosts.${hostName} = {
      enableACME = false;
      sslCertificate = "${certificate}/certificate.pem";
      sslCertificateKey = "${certificate}/key.pem";
    };
    networking.firewall.allowedTCPPorts = [
      80
      443
    ];

    specialisation.next.configuration.services.rentomatic.package = lib.mkForce nextVersion;
  };

  nodes.client =
    { nodes, pkgs, ... }:
    {
      networking.hosts.${nodes.server.networking.primaryIPAddress} = [ hostName ];
      security.pki.certificateFiles = [ "${certificate}/certificate.pem" ];

      # Sends one request after another until it is stopped. Fails if a request fails.
      systemd.services."load@" = {
        path = [ pkgs.curl ];
        serviceConfig = {
          KillMode = "mixed";
          TimeoutStopSec = 60;
        };
        script = ''
          trap 'stopped=1' TERM
          until [ "$stopped" ]; do
            curl --fail --silent --show-error --output /dev/null "https://${hostName}/rooms?filter_price__lt=500"
            requests=$((requests + 1))
          done
          [ "$requests" -ge 5 ]
        '';
      };
    };

  testScript = ''
    import json
    from contextlib import contextmanager

    SITE = "https://${hostName}"
    CODES = [f"00000000-0000-4000-8000-{number:012}" for number in range(300)]


    def get_json(path):
        return json.loads(client.succeed(f"curl --fail --silent '{SITE}{path}'"))


    def wait_until_ready():
        client.wait_until_succeeds(f"curl --fail --silent {SITE}/readyz", timeout=60)


    @contextmanager
    def load():
        """Keep four requests in flight, and fail if one of them fails."""
        client.succeed("systemctl start load@{1..4}")
        client.sleep(2)
        yield
        client.sleep(2)
        client.succeed("systemctl stop load@{1..4}")
        client.fail("systemctl is-failed load@{1..4}")


    start_all()
    server.wait_for_unit("multi-user.target")
    server.wait_for_unit("rentomatic.service")
    client.wait_for_unit("multi-user.target")
    wait_until_ready()

    with subtest("rooms can be imported and searched"):
        lines = [f"{code},{20 + number},{number},19.9,50.0" for number, code in enumerate(CODES)]
        csv = "\n".join(["code,size,price,longitude,latitude", *lines])
        server.succeed(f"echo '{csv}' | rentomatic rooms import --format csv -")
        assert [room["price"] for room in get_json("/rooms?filter_price__lt=3&sort=price")] == [0, 1, 2]
        assert get_json(f"/rooms/{CODES[7]}")["size"] == 27

    with subtest("Nginx applies the rules of the template"):
        redirect = client.succeed(f"curl --silent --include http://${hostName}/rooms")
        assert redirect.startswith("HTTP/1.1 308") and f"Location: {SITE}/rooms" in redirect
        client.fail(f"curl --fail --silent --header 'Host: elsewhere.example' {SITE}/rooms")
        assert "max-age=31536000" in client.succeed(f"curl --silent --include {SITE}/rooms")

    with subtest("units are sandboxed, and the operator's commands work"):
        server.succeed("systemd-analyze security --threshold=15 rentomatic.service")
        server.succeed("rentomatic doctor")
        server.succeed("curl --fail --silent http://127.0.0.1:9464/metrics | grep rentomatic_build_info")
        socket = "curl --silent --unix-socket /run/rentomatic/gunicorn.sock http://localhost/rooms"
        server.succeed(f"runuser --user rentomatic -- {socket}")
        server.fail(f"runuser --user nobody -- {socket}")

    with subtest("no request fails during a reload and a restart"):
        master = server.succeed("systemctl show rentomatic.service --property=MainPID --value").strip()
        before = server.succeed(f"pgrep --parent {master}").split()
        with load():
            server.succeed("systemctl reload rentomatic.service")
            for process in before:
                server.wait_until_fails(f"test -e /proc/{process}")
            server.succeed("systemctl restart rentomatic.service")

    with subtest("the application survives a restart of PostgreSQL"):
        process = server.succeed("systemctl show rentomatic.service --property=MainPID").strip()
        server.succeed("systemctl restart postgresql.service")
        wait_until_ready()
        assert len(get_json("/rooms?filter_price__lt=3")) == 3
        assert server.succeed("systemctl show rentomatic.service --property=MainPID").strip() == process

    with subtest("a backup can be restored"):
        server.succeed("systemctl start rentomatic-backup.service")
        (backup,) = server.succeed("cd /var/lib/rentomatic/backups && ls *.dump").split()
        server.succeed(f"rentomatic rooms delete --yes {CODES[7]}")
        client.fail(f"curl --fail --silent {SITE}/rooms/{CODES[7]}")
        server.succeed(f"rentomatic restore --yes {backup}")
        assert get_json(f"/rooms/{CODES[7]}")["size"] == 27
        server.succeed("systemctl is-active rentomatic-backup.timer")

    with subtest("an upgrade migrates, and no request fails"):
        with load():
            server.succeed("/run/current-system/specialisation/next/bin/switch-to-configuration test >&2")
            server.wait_until_fails(f"systemctl show rentomatic.service --property=MainPID | grep '{process}'")
            server.wait_for_unit("rentomatic.service")
        assert "is at next_version" in server.succeed("rentomatic db status")
        wait_until_ready()
        assert get_json(f"/rooms/{CODES[7]}")["size"] == 27
  '';
}
