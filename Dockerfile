# l2doctor in a container: for `l2doctor check` as a Kubernetes Job (deploy/check-job.yaml) or on a machine with Docker.
FROM node:20-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpcap-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpcap0.8 tcpdump iproute2 openssh-client \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json /app/oclif.manifest.json ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist/bundle ./dist/bundle
COPY --from=build /app/docs ./docs
COPY --from=build /app/src/lab/responder.pl /app/src/lab/sender.c ./src/lab/
COPY --from=build /app/fixtures/demo ./fixtures/demo
COPY --from=build /app/node_modules ./node_modules
# oclif wants a cache folder; the root file system may be read-only
ENV XDG_CACHE_HOME=/tmp NODE_ENV=production
ENTRYPOINT ["node", "/app/bin/run.js"]
CMD ["--help"]
