# Three hosts on this machine, for scripts that source this: network namespaces on a bridge, each with a container engine of its own. Needs
# root; nothing outside them can reach them. `hosts_up`, `hosts_down`; `on N docker ...` runs a command for host N; `cut_off N`, `mend N`.
readonly HOSTS="1 2 3" BRIDGE=eqbr
hosts_folder=""

address_of() { echo "10.77.0.$1"; }
on() { local host=$1; shift; DOCKER_HOST="unix://$hosts_folder/$host.sock" "$@"; }
cut_off() { ip link set "eqv$1" down; }
mend() { ip link set "eqv$1" up; }

# Creates the hosts and starts their engines. Fails where that cannot be done here.
# Usage: hosts_up FOLDER    its name has to be short: engines have sockets in it
hosts_up() {
  hosts_folder=$1
  ip link add "$BRIDGE" type bridge && ip addr add 10.77.0.254/24 dev "$BRIDGE" && ip link set "$BRIDGE" up || return 1
  for host in $HOSTS; do
    ip netns add "eqh$host" && ip link add "eqv$host" type veth peer name eth0 netns "eqh$host" || return 1
    ip link set "eqv$host" master "$BRIDGE" up || return 1
    ip -n "eqh$host" addr add "$(address_of "$host")/24" dev eth0 && ip -n "eqh$host" link set eth0 up || return 1
    ip -n "eqh$host" link set lo up && ip -n "eqh$host" route add default via 10.77.0.254 || return 1
    # Not `ip netns exec`: it mounts another /sys, in which an engine finds no control groups. The name of a host is its engine's.
    nsenter --net="/var/run/netns/eqh$host" unshare --uts sh -c "hostname eqh$host; exec dockerd \
      --data-root $hosts_folder/$host.data --exec-root $hosts_folder/$host.exec --pidfile $hosts_folder/$host.pid \
      -H unix://$hosts_folder/$host.sock" > "$hosts_folder/$host.log" 2>&1 &
  done
  for host in $HOSTS; do
    for _ in $(seq 150); do on "$host" docker info > /dev/null 2>&1 && continue 2; sleep 0.2; done
    tail -3 "$hosts_folder/$host.log"
    return 1
  done
}

# Ends the engines, and removes the hosts.
hosts_down() {
  for host in $HOSTS; do
    on "$host" timeout 20 docker swarm leave --force > /dev/null 2>&1
    on "$host" docker ps -q 2> /dev/null | on "$host" xargs -r timeout 30 docker kill > /dev/null 2>&1
    [ ! -s "$hosts_folder/$host.pid" ] || kill "$(cat "$hosts_folder/$host.pid")"
  done
  wait
  for host in $HOSTS; do ip netns del "eqh$host"; ip link del "eqv$host"; done 2> /dev/null
  ip link del "$BRIDGE" 2> /dev/null
}
