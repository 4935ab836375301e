#!/usr/bin/env bash
# A real Apache Kafka for laptops and tests: KRaft, loopback only, everything of it in one folder.
#
# usage: kafka.sh fetch              the jars, once, into the cache
#        kafka.sh start DIR          starts what is not running, and returns when it answers
#        kafka.sh stop DIR           ends it in good order; fine where nothing runs
#        kafka.sh status DIR         a line for each node; exit 3 unless all answer
#        kafka.sh start-node DIR N   one node again, on its old port and data
#        kafka.sh kill DIR [N]       kill -9, of all nodes or of one
#
# The first start decides, and DIR/plan keeps it, so that a restarted broker has its old address:
#   KAFKA_NODES         1 (default) or 3, which means replication 3 and min.insync 2
#   KAFKA_PORT          wanted port of the first node; another one where that is taken (default: any)
#   KAFKA_PROXY_PORTS   a port for each node, by commas: adds a listener PROXIED which advertises
#                       127.0.0.1:<that port>, for a proxy to stand there and pass on to DIR/proxied
#   KAFKA_SECURITY      "sasl", "tls" or "sasl,tls". sasl: PLAIN, SCRAM-SHA-256 and -512 for the user
#                       copydesk with copydesk-secret, and unsigned OAUTHBEARER tokens. tls: TLS, and SASL in TLS
# Each start:
#   KAFKA_HOME_DIR      where the jars lie (default: the user's cache folder)
#   KAFKA_OWNER_PID     the brokers end, and DIR goes, soon after this process is gone. A file DIR/keep
#                       saves the folder
#
# Writes DIR/bootstrap, and where asked for DIR/proxied, DIR/sasl, DIR/tls, DIR/sasl_tls: host:port by commas;
# DIR/ca.pem; DIR/node-N/pid and DIR/node-N/broker.log.
# exit: 0 well, 1 did not start, 3 does not run, 64 wrong use, 69 Kafka cannot be had here.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' "$here/pom.xml")
home=${KAFKA_HOME_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/copydesk/kafka-$version}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
# Whose port is whose, over all folders of this user: a broker that lies killed still has its own.
reserved=${TMPDIR:-/tmp}/copydesk-kafka-ports.$(id -u)
patience=60
secret=copydesk-secret

die() {
    local code=$1
    shift
    echo "kafka.sh: $*" >&2
    exit "$code"
}

# Kafka cannot be had on this machine, for the reason given.
unavailable() {
    die 69 "$*. Tests without Apache Kafka: TEST_KAFKA=skip make test"
}

# One at a time in a folder. Where there is no flock (macOS), whoever starts two at once is on their own.
lock() {
    exec 9>"$1"
    ! command -v flock >/dev/null || flock -w 180 9 || die 1 "$1 is held: another kafka.sh is at work there"
}

# shellcheck source=jars.sh
. "$here/jars.sh"
# shellcheck source=plan.sh
. "$here/plan.sh"
# shellcheck source=settings.sh
. "$here/settings.sh"
# shellcheck source=process.sh
. "$here/process.sh"

# Sets `dir` to an absolute path and, where there is a plan, `nodes`.
open() {
    [ -n "$1" ] || usage
    [ -d "$1" ] || { [ -n "${2:-}" ] && mkdir -p "$1"; } || die 3 "$1: no such folder"
    dir=$(cd "$1" && pwd)
    nodes=$(cat "$dir/plan/nodes" 2>/dev/null) || nodes=0
    launched=""
}

all_nodes() {
    seq 1 "$nodes"
}

start() {
    [ -n "$1" ] || usage
    fetch
    open "$1" make
    lock "$dir/lock"
    [ -d "$dir/plan" ] || make_plan
    nodes=$(planned nodes)
    [ "${KAFKA_NODES:-$nodes}" = "$nodes" ] ||
        die 64 "$dir was made for KAFKA_NODES=$nodes, not $KAFKA_NODES: take another folder, or stop it and remove this one"
    local node formats="" format
    case " $(planned listeners) " in *" TLS "*)
        make_certificates >"$dir/keytool.log" 2>&1 || die 1 "keytool made no certificate: $(tail -n 1 "$dir/keytool.log")" ;;
    esac
    [ -z "${KAFKA_OWNER_PID:-}" ] || follow_owner "$KAFKA_OWNER_PID"
    for node in $(all_nodes); do
        mkdir -p "$dir/node-$node"
        write_settings "$node"
        format "$node" &
        formats="$formats $!:$node"
    done
    for format in $formats; do
        wait "${format%:*}" || give_up "${format#*:}" "the storage of node ${format#*:} cannot be formatted"
    done
    # shellcheck disable=SC2086  # a list
    trap 'kill_nodes $launched; exit 130' INT TERM
    for node in $(all_nodes); do
        pid_of "$node" >/dev/null || launch "$node"
    done
    # shellcheck disable=SC2046  # a list
    await_answers "$nodes" $(all_nodes)
    trap - INT TERM
    write_addresses
}

write_addresses() {
    local listener file
    for listener in $(planned listeners); do
        case $listener in
        CONTROLLER) continue ;;
        PLAINTEXT) file=bootstrap ;;
        *) file=$(echo "$listener" | tr '[:upper:]' '[:lower:]') ;;
        esac
        addresses "$listener" >"$dir/$file"
    done
}

# Reads which node is meant.
node_of() {
    case "$1" in
    [1-9]) [ "$1" -le "$nodes" ] && echo "$1" && return ;;
    esac
    die 64 "node '$1' of $dir: there are $nodes nodes, from 1"
}

start_node() {
    local node
    open "$1"
    node=$(node_of "$2")
    lock "$dir/lock"
    pid_of "$node" >/dev/null || launch "$node"
    await_answers 1 "$node"
}

stop_watcher() {
    local pid
    pid=$(cat "$dir/watcher" 2>/dev/null) || return 0
    case "$(command_of "$pid")" in *"kafka.sh watch $dir "*) kill "$pid" 2>/dev/null || true ;; esac
    rm -f "$dir/watcher"
}

# shellcheck disable=SC2046  # lists
stop() {
    [ -z "$1" ] || [ -d "$1" ] || return 0
    open "$1"
    lock "$dir/lock"
    stop_watcher
    signal_all TERM $(all_nodes)
    are_gone 10 || kill_nodes $(all_nodes)
}

# shellcheck disable=SC2046  # a list
kill_command() {
    local node
    open "$1"
    if [ -n "$2" ]; then
        node=$(node_of "$2")
        kill_nodes "$node"
    else
        stop_watcher
        kill_nodes $(all_nodes)
    fi
}

status() {
    open "$1"
    local node pid known code=0
    [ "$nodes" != 0 ] || die 3 "$dir holds no broker"
    for node in $(all_nodes); do
        if ! pid=$(pid_of "$node"); then
            echo "node $node: stopped"
            code=3
        elif known=$(brokers_known_at "$(planned "$node.PLAINTEXT")"); then
            echo "node $node: pid $pid, 127.0.0.1:$(planned "$node.PLAINTEXT"), knows $known of $nodes"
        else
            echo "node $node: pid $pid, 127.0.0.1:$(planned "$node.PLAINTEXT"), does not answer"
            code=3
        fi
    done
    return $code
}

follow_owner() {
    local since
    since=$(identity_of "$1") || die 64 "KAFKA_OWNER_PID is '$1': no such process"
    stop_watcher
    nohup bash "$here/kafka.sh" watch "$dir" "$1" "$since" </dev/null >/dev/null 2>&1 9>&- &
    echo $! >"$dir/watcher"
}

# Ends the brokers when their owner is gone, however it went, and takes the folder with them.
# shellcheck disable=SC2046  # a list
watch() {
    # Ctrl-C in a test's terminal reaches this too, and is the moment it is there for.
    trap '' INT
    open "$1"
    while [ -d "$dir/plan" ] && [ "$(identity_of "$2")" = "$3" ]; do
        sleep 0.5
    done
    if [ -d "$dir/plan" ]; then
        # A start that is under way would launch nodes after these are killed.
        lock "$dir/lock"
        kill_nodes $(all_nodes)
        [ -e "$dir/keep" ] || remove_folder
    fi
    kill_strays
}

# By name: should the folder be somebody's home, only what is ours goes.
remove_folder() {
    rm -rf "$dir"/node-[1-9] "$dir/plan"
    (cd "$dir" && rm -f bootstrap proxied sasl tls sasl_tls ca.pem server.p12 keytool.log watcher lock)
    rmdir "$dir" 2>/dev/null || true
    release_ports
}

usage() {
    sed -n 's/^# usage: /usage: /p; s/^#        kafka/       kafka/p' "$0" >&2
    exit 64
}

case "${1:-}" in
fetch) fetch ;;
start) start "${2:-}" ;;
stop) stop "${2:-}" ;;
status) status "${2:-}" ;;
start-node) start_node "${2:-}" "${3:-}" ;;
kill) kill_command "${2:-}" "${3:-}" ;;
watch) watch "$2" "$3" "$4" ;;
*) usage ;;
esac
