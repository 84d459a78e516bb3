# syntax=docker/dockerfile:1
# One target a service: docker build --target app -t digitscope-app .
# docs/deployment.md says how to run what it makes.

FROM python:3.12-slim AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TF_CPP_MIN_LOG_LEVEL=3 \
    TF_ENABLE_ONEDNN_OPTS=0 \
    NUMBA_DISABLE_JIT=1
WORKDIR /srv

# --- The app: what it needs is made in a stage of its own, so that no build tool is left ----------

FROM base AS app-build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    REMBG_HOME=/opt/rembg
# The packages first: they are installed anew only where their pins change. The environment has no
# pip; the image's own fills it.
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/venv && \
    sed '/^-e /d' requirements.txt > /tmp/packages.txt && \
    /usr/local/bin/pip --python /opt/venv/bin/python install -r /tmp/packages.txt
# u2netp's weights, which rembg checks: hard photos are then read without a download.
RUN python -c "from rembg import new_session; new_session('u2netp')"
COPY pyproject.toml README.md LICENSE ./
COPY .streamlit .streamlit
COPY models models
COPY digitscope digitscope
COPY streamlit_app streamlit_app
RUN /usr/local/bin/pip --python /opt/venv/bin/python install --no-deps -e . && \
    python -m compileall -q digitscope streamlit_app

FROM base AS app
# Nothing is written beside /tmp, so that it runs with --read-only --tmpfs /tmp.
ENV PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    KERAS_HOME=/tmp/keras \
    REMBG_HOME=/opt/rembg \
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
