# One image for both sizes: compose.yaml runs it as web, worker and beat; alone, with a volume at
# /data, it serves all of Baton on SQLite. Python is of the version that the tests run on.
FROM python:3.11-slim-bookworm AS build
WORKDIR /baton
COPY pyproject.toml uv.lock ./
COPY bin/setup bin/setup
# The programs that installed the rest are of no use to what runs.
RUN bin/setup && .venv/bin/python -m pip uninstall --yes --quiet uv pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home baton
WORKDIR /baton
COPY --from=build /baton/.venv .venv
COPY . .
RUN .venv/bin/python -m compileall -q console escalations metrics routing
ENV PATH=/baton/.venv/bin:$PATH BATON_DATA=/data PYTHONUNBUFFERED=1
USER baton
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s \
    CMD ["python", "deploy/answers.py", "http://127.0.0.1:8000/healthz"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
