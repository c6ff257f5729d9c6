# syntax=docker/dockerfile:1
# Ringtrue in a container: the binary, the C library, certificates of public authorities, and nothing else (no shell).
#
#   docker build --tag ringtrue .
#   docker run --read-only --publish 8080:8080 --volume ringtrue:/data ringtrue

# Builder and runtime are of the same Debian release, so that the C library fits.
ARG RUST_VERSION=1.95

FROM rust:${RUST_VERSION}-slim-bookworm AS build
WORKDIR /src
COPY . .
# The target directory is a cache and no part of the layer: what is kept is copied out of it in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --package ringtrue \
    && install -D --mode=0755 target/release/ringtrue /out/ringtrue \
    && install --directory --mode=0700 /out/data

FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Ringtrue" \
      org.opencontainers.image.description="Verifies users by phone, self-hosted" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /out/ringtrue /usr/local/bin/ringtrue
# A new volume takes owner and mode from here.
COPY --from=build --chown=65532:65532 /out/data /data

# By number, so that an orchestrator can see that it is not root.
USER 65532:65532
WORKDIR /
VOLUME ["/data"]
# A container's loopback is reached by nobody, probes included. Publish 8080 only: 9464 is for operators.
ENV RINGTRUE__SERVER__LISTEN=0.0.0.0:8080 \
    RINGTRUE__OPERATIONS__LISTEN=0.0.0.0:9464
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["/usr/local/bin/ringtrue", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/ringtrue"]
CMD ["serve", "--data", "/data"]
