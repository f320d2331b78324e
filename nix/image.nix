# An OCI image with gunicorn, which needs Nginx in front of it: services/compose.yaml runs both.
{
  dockerTools,
  environment,
}:
dockerTools.streamLayeredImage {
  name = "rentomatic";
  tag = "latest";
  contents = [
    dockerTools.caCertificates
    dockerTools.fakeNss
  ];
  # gunicorn does not start without /tmp. A new volume for the photos gets the mode of its folder.
  extraCommands = "mkdir -m 1777 tmp photos";
  config = {
    Cmd = [
      "gunicorn"
      "--config"
      "${../services/gunicorn.conf.py}"
    ];
    Env = [
      "PATH=${environment}/bin"
      "RENTOMATIC_GUNICORN_BIND=0.0.0.0:8000"
      "SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"
    ];
    ExposedPorts."8000/tcp" = { };
    User = "65532:65532";
    Labels = {
      "org.opencontainers.image.title" = "Rent-o-Matic";
      "org.opencontainers.image.description" = "A search engine for a company that rents rooms";
      "org.opencontainers.image.licenses" = "MIT";
      "org.opencontainers.image.version" = environment.version;
    };
  };
}
