# syntax=docker/dockerfile:1
# Production image: one for web, worker, beat and migrate; the command chooses. Nothing secret is built in.

FROM node:22-bookworm-slim AS assets
WORKDIR /construction
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.12-slim-bookworm AS paquets
WORKDIR /construction
COPY requirements.txt ./
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels --requirement requirements.txt

FROM python:3.12-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=pdi.settings.prod \
    PDI_FICHIERS=/srv/pdi/fichiers \
    PDI_STATIQUES=/srv/pdi/statiques
# Pango lays out the PDF reports; its fonts are those of the report's fallback.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/pdi --shell /usr/sbin/nologin pdi
WORKDIR /srv/pdi/application
COPY requirements.txt ./
RUN --mount=type=bind,from=paquets,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels --require-hashes --requirement requirements.txt
COPY --from=assets /construction/node_modules ./node_modules
COPY . .
# Built with throw-away values: collectstatic contacts nothing and the values stay in this step.
RUN python pdi/outillage/ressources.py \
    && mkdir -p "$PDI_FICHIERS" "$PDI_STATIQUES" \
    && SECRET_KEY=construction PDI_HOTES=construction PDI_CLE_EMPREINTE=construction \
       PDI_CLES_CHIFFREMENT=Y29uc3RydWN0aW9uY29uc3RydWN0aW9uY29uc3RydWM= \
       DATABASE_URL=postgresql://construction@localhost/construction REDIS_URL=redis://localhost \
       python manage.py collectstatic --noinput --verbosity 0 \
    && chown -R pdi:pdi "$PDI_FICHIERS" \
    && rm -rf node_modules/bootstrap node_modules/bootstrap-icons node_modules/@fontsource-variable
USER pdi
VOLUME ["/srv/pdi/fichiers"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "pdi/outillage/sonde.py", "http://127.0.0.1:8000/sante", "base", "courtier", "stockage"]
CMD ["python", "-m", "gunicorn", "pdi.wsgi:application", "--config", "pdi/outillage/reglages_gunicorn.py"]
