#!/usr/bin/env bash
# Builds the image on a base made of this machine's own node, brings the stack of docker-compose.yml up on an engine started for
# it (without Grafana, of which there is no image to make), judges it by `docker-compose run --rm verify`, and takes it all down.
# Exit codes: 0 it works, 1 it does not (or, in CI, a program is missing), 75 no engine can be started here.
set -uo pipefail
cd "$(dirname "$0")/../.."
readonly NO_ENGINE=75
# How much of the machine may be at other work, in percent, for a verdict to be demanded.
readonly QUIET=10
# How much of it the machine's host may take for others meanwhile: it does so in bursts, longer than messages may be late.
readonly STOLEN=2
for tool in dockerd docker-compose prometheus wget; do
  command -v "$tool" > /dev/null && continue
  echo "docker stack: skipped, $tool is not installed; on Debian: apt-get install docker.io docker-compose prometheus wget"
  [ -z "${CI:-}" ] || exit 1
  exit "$NO_ENGINE"
done
work=$(mktemp -d)
engine=""
export DOCKER_HOST="unix://$work/docker.sock" COMPOSE_PROJECT_NAME=equipoise-test
export EQUIPOISE_BASE=equipoise-local-base PROMETHEUS_IMAGE=equipoise-local-prometheus
export EQUIPOISE_PORT=17070 PROMETHEUS_PORT=19090
readonly SERVERS=10
# Seconds that a verdict looks back on.
readonly WINDOW=150
export VERIFY_WINDOW=${WINDOW}s

finish() {
  status=$?
  docker-compose --profile verify down --volumes --timeout 10 > "$work/down.log" 2>&1 || true
  if [ -n "$engine" ]; then kill "$engine" && wait "$engine"; fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap "exit 1" HUP INT TERM

# All processors' time so far, and what of it the host has taken.
processor_time() { awk 'NR == 1 { for (i = 2; i <= 9; i++) total += $i; print total, $9 }' /proc/stat; }

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
docker info > "$work/info.log" 2>&1 || { echo "docker stack: skipped, no engine can be started here"; exit "$NO_ENGINE"; }

test/docker/images.sh "$work" || fail "the images cannot be made"

other=$(test/docker/busy-percent.sh)
docker-compose up -d --no-build load-generator prometheus > "$work/up.log" 2>&1 || { cat "$work/up.log"; fail "the stack does not come up"; }
[ "$(docker-compose ps -q server-node | wc -l)" = "$SERVERS" ] || fail "not every server node is up"
[ "$(docker-compose exec -T dispatcher node -p 'process.getuid()')" = 65532 ] || fail "the dispatcher runs as another user"
docker-compose exec -T dispatcher node -e 'require("fs").writeFileSync("/equipoise/x", "")' 2> /dev/null &&
  fail "the file system of the dispatcher can be written to"
[ "$(docker-compose exec -T dispatcher node -p 'require("fs").readFileSync("/run/token/token").length')" = 64 ] ||
  fail "no token was made"
docker-compose exec -T dispatcher node -e 'fetch("http://127.0.0.1:7070/api/join/server-node?servers=1", { method: "POST" })
  .then(({ status }) => process.exit(status === 401 ? 0 : 1))' || fail "who has no token may join"
# With the defaults, as a user runs it: the run agrees where the machine has the time that twelve processes need. A
# true prediction may be said to differ once in a hundred windows, so that a second one, which begins where the first ended, may
# decide.
read -r total_before stolen_before < <(processor_time)
for wait in 0 "$WINDOW"; do
  sleep "$wait"
  docker-compose run --rm verify 2>&1 | tee "$work/verify.log"
  verdict=${PIPESTATUS[0]}
  [ "$verdict" -le 1 ] || [ "$verdict" = 3 ] || [ "$verdict" = 4 ] || fail "verify could not ask the stack (exit code $verdict)"
  outcome=""
  [ "$verdict" = 0 ] && grep -q '^verdict: agrees' "$work/verify.log" && outcome="it agrees" && break
done
if [ -z "$outcome" ]; then
  docker-compose logs --tail=5
  cat "$work/verify.log"
  read -r total stolen < <(processor_time)
  taken=$((100 * (stolen - stolen_before) / (total - total_before)))
  [ "$other" -gt "$QUIET" ] || [ "$taken" -ge "$STOLEN" ] ||
    fail "no verdict on a machine that was $other % busy with other work, $taken % of it taken by its host (exit code $verdict)"
  outcome="the verdict was skipped: $other % of the machine was at other work, and its host took $taken %"
fi
unhealthy=$(docker-compose ps -q | xargs docker inspect --format '{{.Name}} {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}} {{.State.ExitCode}}{{end}}' |
  grep -v -e ' healthy$' -e ' exited 0$')
[ -z "$unhealthy" ] || fail "not healthy: $unhealthy"
started=$(date +%s)
docker-compose stop --timeout 10 > "$work/stop.log" 2>&1 || fail "the stack does not stop"
killed=$(docker-compose ps -q | xargs docker inspect --format '{{.State.ExitCode}}' | grep -c '^137$')
[ "$killed" = 0 ] || fail "$killed containers had to be killed after $(($(date +%s) - started)) s"
echo "docker stack: built, brought up, judged ($outcome) and stopped"
