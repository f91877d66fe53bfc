# One image for the web server and for the workers. Nothing in it is secret, and nothing of an
# instance: that comes by VARSITY_ settings and volumes (see compose.yaml, docs/operators.md).

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/opt/varsity
RUN python -m venv /opt/uv && /opt/uv/bin/pip install uv
WORKDIR /src
# The dependencies first: they change less often than the code, and the layer is kept.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --frozen --all-extras --no-dev --no-install-project
COPY scorers scorers
COPY server server
RUN /opt/uv/bin/uv sync --frozen --all-extras --no-dev --no-editable

FROM python:3.11-slim-bookworm
# The folders belong to the user, so that empty volumes mounted there do too.
RUN groupadd --gid 10001 varsity \
    && useradd --uid 10001 --gid varsity --no-create-home --home-dir /data --shell /usr/sbin/nologin varsity \
    && install --directory --owner varsity --group varsity --mode 700 /data /files /hidden
COPY --from=build /opt/varsity /opt/varsity
COPY challenges /opt/challenges
ENV PATH=/opt/varsity/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VARSITY_DATA_DIR=/data
USER varsity
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# A container that serves no web (a worker) switches this off.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["varsity"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
