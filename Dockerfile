# syntax=docker/dockerfile:1
# One image for every part of the service: web, worker, all (both in one process), migrate, or any command of `dezhurny`.

FROM python:3.13-slim AS build
WORKDIR /src
RUN ["python", "-m", "venv", "--without-pip", "/opt/venv"]
# `--build-arg LOCK=requirements-otel.lock` adds OpenTelemetry.
ARG LOCK=requirements.lock
COPY requirements.lock requirements-otel.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install --disable-pip-version-check --no-deps \
    --require-hashes --only-binary :all: --requirement "$LOCK"
COPY pyproject.toml README.md LICENSE ./
COPY activities activities
COPY server server
COPY workers workers
COPY core core
COPY sandbox sandbox
COPY cli cli
RUN pip --python /opt/venv/bin/python install --disable-pip-version-check --no-deps --no-index --no-build-isolation .

FROM python:3.13-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Dezhurny" \
      org.opencontainers.image.description="Robots for Bitrix24 that watch client chats, wait in working time, act, and show why" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
# Nothing is installed after this point, so nothing needs an installer.
RUN rm -rf /usr/local/lib/python3.13/site-packages/pip* /usr/local/lib/python3.13/ensurepip /usr/local/bin/pip* \
    && groupadd --system --gid 10001 dezhurny \
    && useradd --system --uid 10001 --gid 10001 --home-dir /srv/dezhurny --shell /usr/sbin/nologin dezhurny \
    && install -d -o 10001 -g 10001 /srv/dezhurny /srv/dezhurny/var
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/dezhurny
USER 10001:10001
VOLUME ["/srv/dezhurny/var"]
EXPOSE 8089
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-m", "cli.container", "health"]
ENTRYPOINT ["python", "-m", "cli.container"]
CMD ["all"]
