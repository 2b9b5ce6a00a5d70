# One image for every service; docker-compose.yml says which one it runs. The code runs as it is: Node 24 strips the types.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts, and without the optional packages: those are the binaries of the embedded Postgres, which no service here uses.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:${NODE_VERSION}-slim
WORKDIR /app
ENV NODE_ENV=production \
    TOLLBOOK_HOST=0.0.0.0 \
    TOLLBOOK_PORT=8080
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY migrations ./migrations
COPY libs ./libs
COPY services ./services
COPY scripts/migrate.ts ./scripts/migrate.ts
COPY client/src ./client/src
COPY cli ./cli
COPY docs/openapi.json docs/openapi-compat.json ./docs/
# The files belong to root: the process cannot change its own code.
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TOLLBOOK_PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A larger young generation than the default of V8 costs memory and wins nothing here; see bench/results.
ENTRYPOINT ["node", "--max-semi-space-size=16"]
CMD ["services/api/main.ts"]
