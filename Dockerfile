# The image of Moorage. tools/image/build.sh (`make image`) builds it with whichever engine works;
# docs/operations/container.md says how to run it. BASE may carry a digest to pin it:
# debian:bookworm-slim@sha256:...
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
# Downloads and compiler results live here. An engine that has a cache mount keeps it between
# builds; tools/image/build.sh mounts the host's own caches elsewhere and says where.
ARG XDG_CACHE_HOME=/var/cache/build
ARG CCACHE_DIR
# How pip and TLS clients reach their servers; unset means by their defaults.
ARG PIP_CONFIG_FILE
ARG SSL_CERT_FILE
# The compiler's messages follow these, so results are only shared where they are equal.
ARG LANG
ARG LC_ALL
ARG DEBIAN_FRONTEND=noninteractive
WORKDIR /src
COPY tools/setup/ tools/setup/
RUN tools/setup/install.sh build
RUN --mount=type=cache,id=moorage-build,target=/var/cache/build \
    tools/setup/onnxruntime.sh
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake/ cmake/
COPY src/ src/
RUN --mount=type=cache,id=moorage-build,target=/var/cache/build \
    cmake --preset release -DMOORAGE_TESTS=OFF \
    && cmake --build --preset release --target moorage \
    && cmake --install build/release --strip --prefix /out \
    && install -d /out/share/doc/moorage \
    && cp -R .deps/onnxruntime/licenses /out/share/doc/moorage/onnxruntime

FROM ${BASE}
ARG DEBIAN_FRONTEND=noninteractive
# Dates that tools write into files follow it, so that two builds of one commit are equal.
ARG SOURCE_DATE_EPOCH=0
# The libraries that `ldd moorage` names, and certificates for its HTTPS client. What the package
# tools leave behind is not needed and differs from build to build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
       ca-certificates \
       libcurl4 \
       libfmt9 \
       libsqlite3-0 \
       libssl3 \
       libstdc++6 \
       libyaml-cpp0.7 \
       zlib1g \
    && groupadd --gid 10001 moorage \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home \
       --shell /usr/sbin/nologin moorage \
    && install -d -o 10001 -g 10001 /models /data /logs \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/* /var/cache/debconf/*-old \
       /var/lib/dpkg/*-old /var/log/* /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- \
       /etc/subuid- /etc/subgid- /tmp/*
COPY --from=build /out/ /usr/local/
# A missing library shows here and not at the first start.
RUN ["moorage", "version"]

# Inside the container every address is the container's own; who reaches it is decided by the ports
# that are published. So it listens on all of them, and the command says --insecure openly.
ENV MOORAGE_SERVER__LISTEN=0.0.0.0:8000 \
    MOORAGE_SERVER__METRICS_LISTEN=0.0.0.0:9090 \
    MOORAGE_REGISTRY__DATABASE=sqlite:/data/moorage.db \
    MOORAGE_REGISTRY__BLOBS=file:/data/blobs \
    MOORAGE_LOGGING__FILE=/logs/moorage.log
USER 10001:10001
WORKDIR /data
VOLUME ["/models", "/data", "/logs"]
EXPOSE 8000 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 \
    CMD ["moorage", "healthcheck"]
ENTRYPOINT ["moorage"]
CMD ["serve", "--insecure"]

ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Moorage" \
      org.opencontainers.image.description="From a trained model in a file to production" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
