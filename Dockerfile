# The program in a container: the pinned requirements, a user without rights, everything that is kept under /data.
FROM python:3.13-slim AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
WORKDIR /source
# The requirements come first, so that a change of the program does not fetch them again.
COPY requirements.txt ./
RUN /venv/bin/pip install --no-deps --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml requirements.in README.md LICENSE ./
COPY knowledge knowledge
COPY storage storage
COPY handlers handlers
COPY bot bot
RUN /venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin steward \
    && install -d -o steward -g steward -m 0700 /data
COPY --from=builder /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STEWARD_DATABASE_URL=sqlite:////data/steward.db
USER 10001:10001
# A config.toml is looked for here.
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["steward", "serve", "--host", "0.0.0.0", "--port", "8000"]
