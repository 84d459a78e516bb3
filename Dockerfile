# syntax=docker/dockerfile:1
# One target a service: docker build --target app -t digitscope-app . (or api, or mlflow).
# compose.yaml starts them all; docs/deployment.md says how to run what it makes.

FROM python:3.12-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
WORKDIR /srv

# --- What is installed is made in stages of its own, so that no build tool is left ---------------

FROM base AS build
ENV ORT_DISABLE_TELEMETRY=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_PYTHON=/opt/venv/bin/python \
    REMBG_HOME=/opt/rembg \
    NUMBA_DISABLE_JIT=1
# The environment has no pip; the image's own fills it.
RUN python -m venv --without-pip /opt/venv

# Packages come before the code: they are installed anew only where their pins change.
FROM build AS app-build
COPY requirements.txt ./
RUN sed '/^-e /d' requirements.txt > /tmp/packages.txt && \
    /usr/local/bin/pip install -r /tmp/packages.txt
# u2netp's weights, which rembg checks: hard photos are then read without a download.
RUN python -c "from rembg import new_session; new_session('u2netp')"
COPY pyproject.toml README.md LICENSE ./
COPY .streamlit .streamlit
COPY models models
COPY digitscope digitscope
COPY streamlit_app streamlit_app
COPY training/reports training/reports
RUN /usr/local/bin/pip install --no-deps -e . && \
    python -m compileall -q digitscope streamlit_app

FROM build AS api-build
COPY requirements-api.txt ./
RUN sed '/^-e /d' requirements-api.txt > /tmp/packages.txt && \
    /usr/local/bin/pip install -r /tmp/packages.txt
RUN python -c "from rembg import new_session; new_session('u2netp')"
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY digitscope digitscope
RUN /usr/local/bin/pip install --no-deps -e . && \
    python -m compileall -q digitscope

# The server that keeps the training runs: the MLflow that training is pinned to, and a driver for
# PostgreSQL, which only this image needs.
FROM build AS mlflow-build
ARG PSYCOPG2=2.9.13
COPY requirements-dev.txt ./
RUN sed '/^-e /d' requirements-dev.txt > /tmp/pins.txt && \
    /usr/local/bin/pip install -c /tmp/pins.txt mlflow "psycopg2-binary==${PSYCOPG2}"

# --- What runs: a plain user, who writes nowhere but to /tmp, so --read-only --tmpfs /tmp will do --

FROM base AS service
ENV PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp

FROM service AS reading
ENV ORT_DISABLE_TELEMETRY=1 \
    REMBG_HOME=/opt/rembg \
    NUMBA_DISABLE_JIT=1 \
    TF_CPP_MIN_LOG_LEVEL=3 \
    TF_ENABLE_ONEDNN_OPTS=0

FROM reading AS app
ENV KERAS_HOME=/tmp/keras \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
COPY --from=app-build /opt/venv /opt/venv
COPY --from=app-build /opt/rembg /opt/rembg
COPY --from=app-build /srv /srv
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['STREAMLIT_SERVER_PORT']}/_stcore/health\", timeout=4)"]
CMD ["streamlit", "run", "streamlit_app/Home.py"]

FROM reading AS api
COPY --from=api-build /opt/venv /opt/venv
COPY --from=api-build /opt/rembg /opt/rembg
COPY --from=api-build /srv /srv
USER 10001:10001
EXPOSE 8000
# /health answers 503 until the network does, which urlopen takes for the failure that it is.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["digitscope", "serve", "--host", "0.0.0.0", "--port", "8000"]

FROM service AS mlflow
# Telemetry stays off. Job execution would keep eight processes waiting for what nothing here asks.
ENV MLFLOW_DISABLE_TELEMETRY=true \
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false \
    MLFLOW_ARTIFACTS_DESTINATION=/artefacts
COPY --from=mlflow-build /opt/venv /opt/venv
# A volume mounted here begins as this folder, and so belongs to the user who writes to it.
RUN install -d -o 10001 -g 10001 /artefacts
USER 10001:10001
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5000/health', timeout=4)"]
CMD ["mlflow", "server", "--host", "0.0.0.0", "--port", "5000", "--workers", "1"]
