# An image of `hedgerow serve`; see docs/serving.md: docker build -t hedgerow .
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir build && python -m build --wheel --outdir /wheels

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir "$(ls /wheels/hedgerow-*.whl)[serve,files]" \
    && useradd --system --uid 10001 --no-create-home hedgerow
USER 10001
WORKDIR /tmp
EXPOSE 8000
# The port is the last one that the server was given.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import pathlib, re, urllib.request as u; \
    port = re.findall('--port.([0-9]+)', pathlib.Path('/proc/1/cmdline').read_text())[-1]; \
    u.urlopen(f'http://127.0.0.1:{port}/readyz', timeout=4).close()"]
# Others can reach it, so it does not start without HEDGEROW_TOKEN.
ENTRYPOINT ["hedgerow", "serve", "--host", "0.0.0.0", "--port", "8000"]
