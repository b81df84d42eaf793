# l2doctor in a container: for `l2doctor check` as a Kubernetes Job (deploy/check-job.yaml), as the image of `--at pod:NODE`, or on a machine with Docker.
# Live it runs as root with NET_RAW alone, through tcpdump or perl; offline, and to read a cluster, as any user.
FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm pack --ignore-scripts && mv l2doctor-*.tgz /l2doctor.tgz

# --at pod:NODE runs sh, ip, perl, sed and coreutils of it: perl-base, sed and coreutils are part of any Debian
FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends tcpdump iproute2 openssh-client \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /l2doctor.tgz /tmp/
RUN npm install --global --ignore-scripts --omit=optional /tmp/l2doctor.tgz && rm -rf /tmp/l2doctor.tgz /root/.npm
# oclif wants a cache folder; the root file system may be read-only
ENV XDG_CACHE_HOME=/tmp NODE_ENV=production
ENTRYPOINT ["l2doctor"]
CMD ["--help"]
