#!/usr/bin/env bash
# Three hosts (hosts.sh), a Docker Swarm of them, and deploy/swarm/stack.yml on it, without Grafana: two dispatchers, three containers of four
# servers. It is judged by a job; then a host is cut off, which makes the run void, and comes back.
# Exit codes: 0 it works, 1 it does not (or, in CI, a program is missing), 75 no hosts or engines can be started here.
set -uo pipefail
cd "$(dirname "$0")/../.."
. test/hosts/hosts.sh
readonly CANNOT=75 SERVERS=12 STACK=eq
# Seconds that a verdict looks back on, for which twelve servers need a time unit this short: in 60 s of 250 ms they serve 2,000 jobs, too few for
# their shares and waiting times.
readonly WINDOW=180
export EQUIPOISE_TIME_UNIT=50ms
skip() { echo "hosts: skipped, $1"; exit "$CANNOT"; }
for tool in dockerd docker ip nsenter iptables prometheus wget; do
  command -v "$tool" > /dev/null && continue
  echo "hosts: $tool is not installed; on Debian: apt-get install docker.io iproute2 util-linux iptables prometheus wget"
  [ -z "${CI:-}" ] || exit 1
  exit "$CANNOT"
done
[ "$(id -u)" = 0 ] || skip "only root can make hosts"
export EQUIPOISE_BASE=equipoise-local-base PROMETHEUS_IMAGE=equipoise-local-prometheus
work=$(mktemp -d /tmp/eqh.XXXX)

finish() {
  status=$?
  [ "$status" = 0 ] || on 1 docker service ls 2> /dev/null
  hosts_down
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap "exit 1" HUP INT TERM
fail() { echo "hosts: $1" >&2; exit 1; }
# Waits for a command to succeed: within SECONDS.
within() { local seconds=$1; shift; for _ in $(seq "$seconds"); do "$@" && return; sleep 1; done; return 1; }

hosts_up "$work" > "$work/up.log" 2>&1 || skip "no hosts with engines can be made here: $(tail -1 "$work/up.log")"
on 1 test/docker/images.sh "$work" || fail "the images cannot be made"
for host in 2 3; do
  on 1 docker save equipoise "$PROMETHEUS_IMAGE" | on "$host" docker load -q > /dev/null || fail "host $host gets no images"
done
on 1 docker swarm init --advertise-addr "$(address_of 1)" > "$work/swarm.log" 2>&1 || skip "no swarm: $(cat "$work/swarm.log")"
for host in 2 3; do
  on "$host" docker swarm join --token "$(on 1 docker swarm join-token -q worker)" "$(address_of 1):2377" > "$work/swarm.log" 2>&1 ||
    fail "host $host cannot join: $(cat "$work/swarm.log")"
done
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' | on 1 docker secret create equipoise-token - > /dev/null || fail "no secret"
other=$(test/docker/busy-percent.sh)
on 1 docker stack deploy --resolve-image never -c deploy/swarm/stack.yml -c test/hosts/without-grafana.yml "$STACK" > "$work/deploy.log" 2>&1 ||
  { cat "$work/deploy.log"; fail "the stack is not deployed"; }

# A number of the first dispatcher's state, as a container on the first host is told: asked FIELD of `s`, the state.
asked() {
  local container
  container=$(on 1 docker ps -q -f "name=${STACK}_server-node" | head -1)
  [ -n "$container" ] && on 1 docker exec "$container" node -e "fetch('http://dispatcher:7070/api/state', { signal: AbortSignal.timeout(3000) })
    .then((answer) => answer.json()).then((s) => console.log($1), () => console.log('nobody answers'))" 2> /dev/null
}
says() { [ "$(asked "$1")" = "$2" ]; }
within 90 says s.servers.connected "$SERVERS" || { asked 'JSON.stringify(s)'; fail "not all servers are connected"; }
used=$(for host in $HOSTS; do on "$host" docker ps -q -f "name=${STACK}_server-node" | wc -l; done | tr '\n' ' ')
[ "$used" = "1 1 1 " ] || fail "the server nodes are not one on each host but: $used"

# A true prediction may be said to differ once in a hundred windows, so that a second one, which begins where the first ended, may decide.
outcome=""
said=""
for attempt in 1 2; do
  [ "$attempt" = 1 ] || sleep "$WINDOW"
  on 1 docker service create -d --name "verify-$attempt" --mode replicated-job --restart-condition none --no-resolve-image \
    --network "${STACK}_equipoise" equipoise dist/cli/main.js verify fleet --prometheus http://prometheus:9090 --window "${WINDOW}s" > /dev/null
  ended() { on 1 docker service ps "verify-$attempt" --format '{{.CurrentState}}' | grep -qE '^(Complete|Failed)'; }
  within $((2 * WINDOW)) ended || fail "verify does not end"
  verdict=$(on 1 docker inspect --format '{{.Status.ContainerStatus.ExitCode}}' "$(on 1 docker service ps -q "verify-$attempt")")
  on 1 docker service logs --raw "verify-$attempt" 2>&1 | tee "$work/verify.log"
  said=$(sed -n 's/^verdict: \([a-z]*\).*/\1/p' "$work/verify.log")
  [ "$verdict" = 0 ] && [ "$said" = agrees ] && outcome="it agrees" && break
done
if [ -z "$outcome" ]; then
  [ "$said" != differs ] || fail "measured and predicted differ, twice"
  outcome="the verdict was skipped: ${said:-nothing was said}, $other % of the machine was at other work before"
fi
balanced() { says 's.totals.offered - s.totals.completed - s.totals.blocked - s.totals.lost - s.totals.inFlight' 0; }
balanced || fail "the books do not balance: $(asked 'JSON.stringify(s.totals)')"

# Not the host of the first dispatcher, whose run is watched, nor this one.
first=$(on 1 docker service ps "${STACK}_dispatcher" --format '{{.Node}}' | head -1)
victim=3; [ "$first" != eqh3 ] || victim=2
cut_off "$victim"
within 15 says "s.whyVoid !== null && s.servers.connected < $SERVERS" true || fail "a host is cut off, and nobody notices"
why=$(asked s.whyVoid)
sleep 10
mend "$victim"
ready() { [ "$(on 1 docker node ls --format '{{.Status}}' | grep -c Ready)" = 3 ]; }
within 60 ready || fail "the host does not come back"
within 90 says s.servers.connected "$SERVERS" || fail "its servers do not come back: $(asked s.servers.connected)"
completed=$(asked s.totals.completed)
within 30 says "s.totals.completed > $completed + 20" true || fail "no jobs are served after its return"
balanced || fail "the books do not balance after its return: $(asked 'JSON.stringify(s.totals)')"
echo "hosts: a swarm of three, judged ($outcome), a host cut off ($why) and back; the books balance"
