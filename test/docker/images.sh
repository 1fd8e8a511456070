#!/usr/bin/env bash
# Makes the images `equipoise`, on a base of this machine's own node, and of Prometheus, on the engine of DOCKER_HOST.
# Usage: images.sh FOLDER    a folder for what is needed meanwhile; the names are EQUIPOISE_BASE and PROMETHEUS_IMAGE
# With EQUIPOISE_IMAGES the images are taken from that file, or written to it where there is none, for the next test.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -s "${EQUIPOISE_IMAGES:-}" ]; then
  docker load -q -i "$EQUIPOISE_IMAGES" > /dev/null
  exit
fi
test/docker/base-image.sh "$EQUIPOISE_BASE"
test/docker/prometheus-image.sh "$PROMETHEUS_IMAGE"
mkdir "$1/context"
git ls-files -z | tar --null -T - -c | tar -x -C "$1/context"
# The packages come along: no registry can be reached from the build.
rm "$1/context/.dockerignore"
cp -r node_modules "$1/context/"
docker build --network none --build-arg BASE="$EQUIPOISE_BASE" -t equipoise "$1/context" > "$1/build.log" 2>&1 ||
  { tail -20 "$1/build.log"; echo "the image does not build" >&2; exit 1; }
rm -rf "$1/context"
[ -z "${EQUIPOISE_IMAGES:-}" ] || docker save -o "$EQUIPOISE_IMAGES" equipoise "$PROMETHEUS_IMAGE"
