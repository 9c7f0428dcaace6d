# Two images from one source: `bot` (the Slack side: no shell work, no Kong credentials) and `runner` (the execution side).
#   docker build --target bot    -t kong-upgrade-bot    .
#   docker build --target runner -t kong-upgrade-runner .
# Node runs the TypeScript directly; there is no build step and no compiler in the image.

FROM node:24-trixie-slim AS base
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts and no optional packages: the npm-shipped Node and PostgreSQL are for machines without them.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY bin ./bin
COPY approvals ./approvals
COPY commands ./commands
COPY src ./src
# A named volume takes over owner and mode of the folder that it covers.
RUN install -d -o node -g node -m 0700 /data \
 && install -d -o node -g node -m 0755 /keys \
 && install -d -o node -g node -m 0750 /var/backups/kong-upgrade
# Health and figures; nothing is published unless you say so.
EXPOSE 9464
ENV KONG_UPGRADE_CONFIG=/etc/kong-upgrade/kong-upgrade.yml \
    KONG_UPGRADE_HTTP=0.0.0.0:9464 \
    KONG_UPGRADE_DATA=/data \
    KONG_UPGRADE_PUBLIC_KEYS=/keys/signing-key.pub.pem
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

FROM base AS runner
# pg_dump must not be older than the server; Debian 13 brings version 17, which reads every older one.
# The `kong` program and what your hooks call are yours: build on this image, or run a runner on Kong's own machine.
RUN apt-get update \
 && apt-get install -y --no-install-recommends openssh-client postgresql-client \
 && rm -rf /var/lib/apt/lists/*
USER node
ENTRYPOINT ["node", "src/main.ts"]
CMD ["runner"]

# Last, so that a build without --target makes the one that can do no harm.
FROM base AS bot
USER node
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
