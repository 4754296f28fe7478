# syntax=docker/dockerfile:1.7
# One image for web, ticker and workers; compose.yaml gives each its command.

FROM python:3.11.15-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/anju/venv
COPY requirements.build.lock requirements.prod.lock /tmp/
# Wheels, for the image has no compiler. Two packages of plain Python are published as source alone: they are built by a
# setuptools that has its hash too, and not by one that pip would fetch for the moment.
RUN /opt/anju/venv/bin/pip install --require-hashes --only-binary=:all: -r /tmp/requirements.build.lock
RUN /opt/anju/venv/bin/pip install --require-hashes --only-binary=:all: --no-binary=flask-principal,http-ece \
    --no-build-isolation -r /tmp/requirements.prod.lock

FROM python:3.11.15-slim-bookworm AS tablet
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.node.lock /tmp/requirements.node.lock
RUN pip install --require-hashes --only-binary=:all: -r /tmp/requirements.node.lock
COPY frontend /src/frontend
# The colours and measures of the back office: the app has them from the same file.
COPY admin_app/static/css/tokens.css /src/admin_app/static/css/tokens.css
# npm compares every package with the hash in package-lock.json. None of them needs a script of its own to be installed.
RUN cd /src/frontend && npm ci --ignore-scripts && npm run build

FROM python:3.11.15-slim-bookworm
ENV PATH=/opt/anju/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
RUN groupadd --system --gid 10001 anju \
    && useradd --system --uid 10001 --gid anju --home-dir /srv/anju --shell /usr/sbin/nologin anju
COPY --from=build /opt/anju/venv /opt/anju/venv
WORKDIR /srv/anju
COPY store store
COPY schemas schemas
COPY admin_app admin_app
COPY jobs jobs
COPY seeds seeds
COPY --from=tablet /src/frontend/dist frontend/dist
COPY wsgi.py front.py Procfile ./
# Compiled while root: the user that runs the program can change none of its files.
RUN python -m compileall -q /srv/anju
USER anju
EXPOSE 8000
# /healthz answers for this process alone: a failing MongoDB must not make Docker restart a sound web server.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "admin_app.front.guard", "--port", "8000", "--", "granian", "--interface", "rsgi", "--http", "1", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--backpressure", "512", "--http1-header-read-timeout", "10000", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--workers-max-rss", "1024", "front:front"]
