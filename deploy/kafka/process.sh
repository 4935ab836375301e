# Part of kafka.sh: brokers as processes.
# shellcheck shell=bash disable=SC2154  # `dir`, `launched` and `patience` are kafka.sh's

# Prints a process's command line; nothing where it is gone, a corpse that waits for its parent included.
command_of() {
    if [ -d /proc/self ]; then
        { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true
    else
        ps -ww -o args= -p "$1" || true
    fi
}

# Whether a process has given back its ports and files. Its command line goes long before these, and its
# first thread may be a corpse before the others are: only alone it is the last.
has_ended() {
    local pid=$1
    if [ ! -d /proc/self ]; then
        ! kill -0 "$pid" 2>/dev/null
        return
    fi
    case "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)" in
    "") return 0 ;;
    Z*) ;;
    *) return 1 ;;
    esac
    set -- "/proc/$pid/task"/*
    [ $# -le 1 ]
}

# What tells a process from a later one under the same number: when it began.
identity_of() {
    if [ -d /proc/self ]; then
        [ -n "$(command_of "$1")" ] && sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
    else
        ps -o lstart= -p "$1"
    fi
}

# Prints the pid of a node that runs. The file alone does not tell: after a reboot the number is another's.
pid_of() {
    local pid
    pid=$(cat "$dir/node-$1/pid" 2>/dev/null) || return 1
    case "$(command_of "$pid")" in
    *"kafka.Kafka $dir/node-$1/server.properties"*) echo "$pid" ;;
    *) return 1 ;;
    esac
}

launch() {
    local node=$1
    # Whoever killed it may not have waited, and its port is its successor's.
    signalled=$(cat "$dir/node-$node/pid" 2>/dev/null) || signalled=""
    [ -z "$signalled" ] || [ -n "$(command_of "$signalled")" ] || are_gone 10 || true
    kafka_class kafka.Kafka "$dir/node-$node/server.properties" \
        </dev/null >>"$dir/node-$node/broker.log" 2>&1 9>&- &
    echo $! >"$dir/node-$node/pid"
    launched="$launched $node"
}

# Prints how many brokers the one at a port knows of (fails where it does not answer within 2 s): a
# Metadata request, version 1, for no topics. A listener alone does not tell, it is bound early.
brokers_known_at() {
    (
        exec 7<>"/dev/tcp/127.0.0.1/$1" || exit 1
        printf '\0\0\0\016\0\003\0\001\0\0\0\001\377\377\0\0\0\0' >&7
        # Size, correlation id, and the count of the brokers: the last of its bytes is read twelfth.
        for _ in {1..12}; do
            IFS= read -r -d '' -n 1 -t 2 -u 7 byte || exit 1
        done
        printf '%d\n' "'$byte"
    ) 2>/dev/null
}

# Signals nodes that run. Sets `signalled` to their pids, for `are_gone`.
signal_all() {
    local signal=$1 node pid
    shift
    signalled=""
    for node in "$@"; do
        pid=$(pid_of "$node") || continue
        kill "-$signal" "$pid" 2>/dev/null || true
        signalled="$signalled $pid"
    done
}

# Whether all that was signalled is gone within so many seconds.
are_gone() {
    local until=$((SECONDS + $1)) pid
    for pid in $signalled; do
        until has_ended "$pid"; do
            [ "$SECONDS" -le "$until" ] || return 1
            sleep 0.02
        done
    done
}

kill_nodes() {
    signal_all KILL "$@"
    are_gone 10 || die 1 "nodes $* of $dir are still there after kill -9"
}

# Kills what runs from a folder that somebody has removed: there is no pid file left to ask.
kill_strays() {
    local entry
    [ -d /proc/self ] || return 0
    for entry in /proc/[0-9]*; do
        case "$(command_of "${entry#/proc/}")" in
        *"kafka.Kafka $dir/node-"*) kill -KILL "${entry#/proc/}" 2>/dev/null || true ;;
        esac
    done
}

# What was launched in vain does not stay.
give_up() {
    local node=$1
    shift
    tail -n 30 "$dir/node-$node/broker.log" >&2 || true
    # shellcheck disable=SC2086  # a list
    kill_nodes $launched
    die 1 "$* (above: the end of $dir/node-$node/broker.log)"
}

# Waits until each of the nodes answers and knows of so many brokers.
await_answers() {
    local want=$1 node known until=$((SECONDS + patience))
    shift
    for node in "$@"; do
        until known=$(brokers_known_at "$(planned "$node.PLAINTEXT")") && [ "$known" -ge "$want" ]; do
            kill -0 "$(cat "$dir/node-$node/pid")" 2>/dev/null || give_up "$node" "node $node ended at its start"
            [ "$SECONDS" -lt "$until" ] || give_up "$node" "node $node does not answer after $patience s"
            sleep 0.1
        done
    done
}
