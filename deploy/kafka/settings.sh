# Part of kafka.sh: a node's settings, certificates and formatted storage.
# shellcheck shell=bash disable=SC2154  # `here`, `dir`, `nodes` and `secret` are kafka.sh's

# Prints NAME://host:port for each of a node's listeners, as it binds them or as it advertises them.
listeners_of() {
    local node=$1 as=$2 listener port all=""
    for listener in $(planned listeners); do
        port=$(planned "$node.$listener")
        if [ "$as" = advertised ]; then
            [ "$listener" != CONTROLLER ] || continue
            [ "$listener" != PROXIED ] || port=$(sed -n "${node}p" "$dir/plan/proxies")
        fi
        all="$all,$listener://127.0.0.1:$port"
    done
    echo "${all#,}"
}

sasl_settings() {
    local module=org.apache.kafka.common.security listener=listener.name.$1
    echo "$listener.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
    echo "$listener.plain.sasl.jaas.config=$module.plain.PlainLoginModule required user_copydesk=\"$secret\";"
    echo "$listener.scram-sha-256.sasl.jaas.config=$module.scram.ScramLoginModule required;"
    echo "$listener.scram-sha-512.sasl.jaas.config=$module.scram.ScramLoginModule required;"
    echo "$listener.oauthbearer.sasl.jaas.config=$module.oauthbearer.OAuthBearerLoginModule required;"
}

write_settings() {
    local node=$1 copies=1 in_sync=1 voters="" other topic
    [ "$nodes" = 1 ] || { copies=3 in_sync=2; }
    for ((other = 1; other <= nodes; other++)); do
        voters="$voters,$other@127.0.0.1:$(planned "$other.CONTROLLER")"
    done
    {
        cat "$here/server.properties"
        echo "node.id=$node"
        echo "log.dirs=$dir/node-$node/data"
        echo "controller.quorum.voters=${voters#,}"
        echo "listeners=$(listeners_of "$node" bound)"
        echo "advertised.listeners=$(listeners_of "$node" advertised)"
        echo "default.replication.factor=$copies"
        echo "min.insync.replicas=$in_sync"
        echo "offsets.topic.replication.factor=$copies"
        for topic in transaction.state.log share.coordinator.state.topic; do
            echo "$topic.replication.factor=$copies"
            echo "$topic.min.isr=$in_sync"
        done
        case " $(planned listeners) " in *" SASL "*) sasl_settings sasl ;; esac
        case " $(planned listeners) " in *" TLS "*)
            sasl_settings sasl_tls
            echo "ssl.keystore.type=PKCS12"
            echo "ssl.keystore.location=$dir/server.p12"
            echo "ssl.keystore.password=$secret"
            ;;
        esac
    } >"$dir/node-$node/server.properties"
}

# A certificate authority of this folder's own, and the one certificate that all nodes show.
make_certificates() {
    [ ! -e "$dir/ca.pem" ] || return 0
    local common=(-keyalg EC -validity 3650 -storetype PKCS12 -storepass "$secret" -keystore "$dir/server.p12.new")
    rm -f "$dir/server.p12.new"
    "$keytool" -genkeypair -alias ca -dname "CN=copydesk test authority" -ext bc:c "${common[@]}"
    "$keytool" -genkeypair -alias server -signer ca -dname CN=localhost -ext san=ip:127.0.0.1,dns:localhost "${common[@]}"
    "$keytool" -exportcert -rfc -alias ca -storepass "$secret" -keystore "$dir/server.p12.new" >"$dir/ca.pem.new"
    # Kafka shows the first key of the store: the authority's must not be in it.
    "$keytool" -delete -alias ca -storepass "$secret" -keystore "$dir/server.p12.new"
    mv "$dir/server.p12.new" "$dir/server.p12"
    mv "$dir/ca.pem.new" "$dir/ca.pem"
}

format() {
    local node=$1 users=() mechanism
    [ ! -e "$dir/node-$node/data/meta.properties" ] || return 0
    for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
        users+=(--add-scram "$mechanism=[name=copydesk,password=$secret]")
    done
    kafka_class kafka.tools.StorageTool format --cluster-id "$(planned cluster)" \
        --config "$dir/node-$node/server.properties" "${users[@]}" </dev/null >>"$dir/node-$node/broker.log" 2>&1 9>&-
}
