#!/bin/sh
# Makes the secrets that deploy/compose.yaml hands to its containers, where there are none yet.
# usage: deploy/compose/secrets.sh
set -eu
cd "$(dirname "$0")"

mkdir -p secrets
# Compose mounts the files as they are, for users of other numbers than ours: they must be readable to
# all, and the folder keeps all but us from them.
chmod 700 secrets
for name in admin-token grafana-password; do
    [ -s "secrets/$name" ] && continue
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"secrets/$name"
    chmod 644 "secrets/$name"
    echo "made deploy/compose/secrets/$name"
done
