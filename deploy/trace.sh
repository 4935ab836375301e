#!/usr/bin/env bash
# Starts a local trace viewer and the pipeline with the bundled newsroom, every poll traced, and prints
# the address of one article's waterfall. Ends with Ctrl-C. Called by `make trace`.
#
# The viewer is built once, into var/trace: it is no part of copydesk. TRACE_PORT=4318 says where it
# listens, OFFLINE=1 dials nothing but loopback.
set -euo pipefail
cd "$(dirname "$0")/.."

home=var/trace
port=${TRACE_PORT:-4318}
copydesk=${COPYDESK:-target/release/copydesk}
viewer=$home/target/release/trace-viewer

if [ ! -x "$viewer" ]; then
    if ! command -v protoc >/dev/null 2>&1; then
        echo "missing: protoc, with which the trace viewer is built. Install with:" >&2
        echo "    sudo apt-get install protobuf-compiler" >&2
        exit 1
    fi
    echo "building the trace viewer, once"
    "${CARGO:-cargo}" build --quiet --release --locked \
        --manifest-path deploy/trace-viewer/Cargo.toml --target-dir "$home/target"
fi

stop() {
    trap - EXIT INT TERM
    kill "${pipeline:-}" "${viewing:-}" 2>/dev/null || true
    wait 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

"$viewer" "127.0.0.1:$port" >"$home/address" &
viewing=$!
for _ in $(seq 50); do
    [ -s "$home/address" ] && break
    kill -0 "$viewing" 2>/dev/null || {
        echo "the trace viewer cannot listen on 127.0.0.1:$port; TRACE_PORT=4319 make trace takes another port" >&2
        exit 1
    }
    sleep 0.1
done
address=$(cat "$home/address")

export COPYDESK_DATA_DIR=$home/data COPYDESK_TRACING__OTLP_ENDPOINT=$address COPYDESK_TRACING__SAMPLE_RATIO=1
export COPYDESK_ADMIN__LISTEN=127.0.0.1:0
# Every time from the begin: what an earlier run has seen does not come again.
rm -rf "$home/data"
mkdir -p "$home/data"
offline=()
case ${OFFLINE:-0} in 0 | "") ;; *) offline=(--offline) ;; esac
"$copydesk" run --newsroom --quiet "${offline[@]}" 2>"$home/log" &
pipeline=$!

# The tenth article: the first ones wait for the newsroom's whole front page.
trace=
for _ in $(seq 300); do
    kill -0 "$pipeline" 2>/dev/null || {
        echo "the pipeline ended; the last lines of $home/log:" >&2
        tail -n 5 "$home/log" >&2
        exit 1
    }
    sleep 0.2
    record=$("$copydesk" tail articles.enriched --from beginning --no-follow --json 2>/dev/null | sed -n 10p) || true
    [ -n "$record" ] || continue
    trace=$(printf '%s' "$record" | grep -o '"traceparent":"[^"]*"' | cut -d - -f 2)
    id=$(printf '%s' "$record" | grep -o '"id":"[0-9a-f]\{32\}"' | head -n 1 | cut -d '"' -f 4)
    break
done
[ -n "$trace" ] || {
    echo "no article came within a minute; $home/log tells more" >&2
    exit 1
}
# Spans are sent every second.
sleep 1.5
echo
"$copydesk" trace "$id" || true
echo
echo "one article's waterfall   $address/trace/$trace"
echo "all traces                $address/search"
echo "Ctrl-C ends both; the pipeline's log lines are in $home/log"
wait "$pipeline"
