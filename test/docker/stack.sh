#!/usr/bin/env bash
# Builds the image on a base made of this machine's own node, brings the stack of docker-compose.yml up on an engine started for
# it (without Grafana, of which there is no image to make), judges it by `docker-compose run --rm verify`, and takes it all down.
# Exit codes: 0 it works, 1 it does not, 75 no engine can be started here.
set -uo pipefail
cd "$(dirname "$0")/../.."
readonly NO_ENGINE=75
for tool in dockerd docker-compose prometheus wget; do
  command -v "$tool" > /dev/null || { echo "docker stack: not tried, $tool is not installed"; exit "$NO_ENGINE"; }
done
work=$(mktemp -d)
engine=""
export DOCKER_HOST="unix://$work/docker.sock" COMPOSE_PROJECT_NAME=equipoise-test
export EQUIPOISE_BASE=equipoise-local-base PROMETHEUS_IMAGE=equipoise-local-prometheus VERIFY_WINDOW=60s
export EQUIPOISE_SERVERS=4 EQUIPOISE_SET=servers=4 EQUIPOISE_PORT=17070 PROMETHEUS_PORT=19090

finish() {
  status=$?
  docker-compose --profile verify down --volumes --timeout 10 > "$work/down.log" 2>&1 || true
  if [ -n "$engine" ]; then kill "$engine" && wait "$engine"; fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

fail() { echo "docker stack: $1" >&2; exit 1; }

# An engine of our own: its networks need no firewall rules, since nothing outside this machine is to reach them.
dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" -H "$DOCKER_HOST" \
  --iptables=false --ip6tables=false > "$work/dockerd.log" 2>&1 &
engine=$!
for _ in $(seq 100); do
  docker info > "$work/info.log" 2>&1 && break
  kill -0 "$engine" 2> /dev/null || { engine=""; break; }
  sleep 0.2
done
docker info > "$work/info.log" 2>&1 || { echo "docker stack: not tried, no engine can be started here"; exit "$NO_ENGINE"; }

test/docker/base-image.sh "$EQUIPOISE_BASE" || fail "no base image"
test/docker/prometheus-image.sh "$PROMETHEUS_IMAGE" || fail "no image of prometheus"
mkdir "$work/context"
git ls-files -z | tar --null -T - -c | tar -x -C "$work/context"
# The packages come along: no registry can be reached from the build.
rm "$work/context/.dockerignore"
cp -r node_modules "$work/context/"
docker build --network none --build-arg BASE="$EQUIPOISE_BASE" -t equipoise "$work/context" > "$work/build.log" 2>&1 ||
  { tail -20 "$work/build.log"; fail "the image does not build"; }
rm -rf "$work/context"

docker-compose up -d --no-build load-generator prometheus > "$work/up.log" 2>&1 || { cat "$work/up.log"; fail "the stack does not come up"; }
[ "$(docker-compose ps -q server-node | wc -l)" = "$EQUIPOISE_SERVERS" ] || fail "not every server node is up"
[ "$(docker-compose exec -T dispatcher node -p 'process.getuid()')" = 65532 ] || fail "the dispatcher runs as another user"
docker-compose exec -T dispatcher node -e 'require("fs").writeFileSync("/equipoise/x", "")' 2> /dev/null &&
  fail "the file system of the dispatcher can be written to"
for _ in $(seq 240); do
  curl -sf "http://127.0.0.1:$EQUIPOISE_PORT/metrics" | grep -q '^equipoise_run_measuring 1' && measuring=yes && break
  sleep 0.5
done
[ "${measuring:-no}" = yes ] || { docker-compose logs --tail=20; fail "the run does not come to measuring"; }
sleep 30
docker-compose run --rm verify
verdict=$?
# So short a look may end in any verdict; 2 is for a stack that could not be asked.
[ "$verdict" -le 1 ] || [ "$verdict" = 3 ] || fail "verify could not ask the stack (exit code $verdict)"
started=$(date +%s)
docker-compose stop --timeout 10 > "$work/stop.log" 2>&1 || fail "the stack does not stop"
killed=$(docker-compose ps -q | xargs docker inspect --format '{{.State.ExitCode}}' | grep -c '^137$')
[ "$killed" = 0 ] || fail "$killed containers had to be killed after $(($(date +%s) - started)) s"
echo "docker stack: built, brought up, verified and stopped"
