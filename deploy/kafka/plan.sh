# Part of kafka.sh: what the first start decides, and DIR/plan keeps.
# shellcheck shell=bash disable=SC2154  # `dir`, `nodes` and `reserved` are kafka.sh's

planned() {
    cat "$dir/plan/$1"
}

is_free() {
    ! (exec 7<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

take_port() {
    is_free "$1" && (set -C && echo "$dir" >"$reserved/$1") 2>/dev/null
}

# Prints a port that nobody has. From below the range that systems give to outgoing connections: one of
# these would take the port of a broker that is being restarted.
free_port() {
    local wanted=$1 attempt port
    if [ "$wanted" != 0 ] && take_port "$wanted"; then
        echo "$wanted"
        return
    fi
    for attempt in {1..500}; do
        port=$((20000 + RANDOM % 12000))
        take_port "$port" && echo "$port" && return
    done
    die 1 "no free port after $attempt attempts; old entries in $reserved can be removed"
}

# Gives back the ports of folders that are gone, and this folder's own, whose plan is void.
release_ports() {
    local entry holder
    for entry in "$reserved"/*; do
        holder=$(cat "$entry" 2>/dev/null) || continue
        [ -d "$holder" ] && [ "$holder" != "$dir" ] || rm -f "$entry"
    done
}

make_plan() {
    local nodes=${KAFKA_NODES:-1} proxies=${KAFKA_PROXY_PORTS:-} security=${KAFKA_SECURITY:-}
    local new=$dir/plan.new listeners="PLAINTEXT CONTROLLER" node listener
    case $nodes in 1 | 3) ;; *) die 64 "KAFKA_NODES is '$nodes': it is 1 or 3" ;; esac
    case $security in
    "") ;;
    sasl) listeners="$listeners SASL" ;;
    tls) listeners="$listeners TLS SASL_TLS" ;;
    sasl,tls | tls,sasl) listeners="$listeners SASL TLS SASL_TLS" ;;
    *) die 64 "KAFKA_SECURITY is '$security': it is sasl, tls or sasl,tls" ;;
    esac
    rm -rf "$new"
    mkdir -p "$new" "$reserved"
    release_ports
    if [ -n "$proxies" ]; then
        listeners="$listeners PROXIED"
        echo "$proxies" | tr , '\n' >"$new/proxies"
        [ "$(wc -l <"$new/proxies")" -eq "$nodes" ] || die 64 "KAFKA_PROXY_PORTS is '$proxies': it is a port for each node, here $nodes"
    fi
    echo "$nodes" >"$new/nodes"
    echo "$listeners" >"$new/listeners"
    # 16 random bytes in Kafka's alphabet; a name must not begin with a dash.
    head -c 16 /dev/urandom | base64 | tr '+/' 'xy' | cut -c 1-22 >"$new/cluster"
    for ((node = 1; node <= nodes; node++)); do
        for listener in $listeners; do
            local wanted=0
            [ "$listener" != PLAINTEXT ] || [ "${KAFKA_PORT:-0}" = 0 ] || wanted=$((KAFKA_PORT + node - 1))
            free_port "$wanted" >"$new/$node.$listener"
        done
    done
    mv "$new" "$dir/plan"
}

# Prints the addresses of a listener, those of all nodes by commas.
addresses() {
    local listener=$1 node all=""
    for ((node = 1; node <= nodes; node++)); do
        all="$all,127.0.0.1:$(planned "$node.$listener")"
    done
    echo "${all#,}"
}
