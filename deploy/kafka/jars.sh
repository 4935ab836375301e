# Part of kafka.sh: Java, Maven, and the jars.
# shellcheck shell=bash disable=SC2154  # `here`, `home` and `java` are kafka.sh's

# Installs the first of the packages that this system knows. False where that cannot be done here.
install_one_of() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -qq >/dev/null 2>&1 || true
    local package
    for package in "$@"; do
        apt-cache show "$package" >/dev/null 2>&1 || continue
        echo "kafka.sh: installing $package" >&2
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq \
            --no-install-recommends "$package" >/dev/null 2>&1
        return
    done
    return 1
}

has_java() {
    local major
    major=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || return 1
    [ "${major:-0}" -ge 17 ]
}

need_java() {
    has_java && return
    { install_one_of openjdk-21-jre-headless openjdk-17-jre-headless && has_java; } || unavailable \
        "missing: Java 17 or newer. Install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME"
}

need_maven() {
    command -v mvn >/dev/null && return
    { install_one_of maven && command -v mvn >/dev/null; } || unavailable \
        "missing: mvn, which fetches Kafka's jars. Install Maven (Debian: apt-get install maven)"
}

# The jars come into a folder beside and are renamed: a cache that is there is whole.
fetch() {
    need_java
    [ -d "$home" ] && return
    mkdir -p "$(dirname "$home")"
    lock "$home.lock"
    [ -d "$home" ] && return
    need_maven
    local temporary
    temporary=$(mktemp -d "$home.XXXXXX")
    # shellcheck disable=SC2064  # the name of now is meant
    trap "rm -rf '$temporary'" EXIT
    # -U: what was missing yesterday is asked for again.
    mvn -B -q -U -Dstyle.color=never -f "$here/pom.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$temporary" >"$home.log" 2>&1 ||
        unavailable "mvn cannot fetch Kafka's jars; $home.log says why: $(grep -m 1 ERROR "$home.log" | cut -c 1-200)"
    chmod 755 "$temporary"
    mv "$temporary" "$home"
    trap - EXIT
    rm -f "$home.log"
}

# Runs a class of Kafka. Half the usual heap and no second compiler: it shares two cores with tests.
# Log4j's own shutdown hook would silence the log while Kafka is still stopping.
kafka_class() {
    exec nohup "$java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.net.preferIPv4Stack=true \
        -Dlog4j2.configurationFile="$here/log4j2.properties" -Dlog4j.shutdownHookEnabled=false -cp "$home/*" "$@"
}
