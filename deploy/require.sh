#!/bin/sh
# Names every tool that the build needs and this machine lacks, with the command that installs it.
# `rustfmt` and `clippy` are asked for as cargo runs them: a minimal Rust profile has neither.
# usage: require.sh TOOL...
set -eu

# The oldest Rust that builds this, as in Cargo.toml.
RUST=1.91

has() {
    case "$1" in
    rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
    clippy) cargo clippy --version >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# Whether a version such as 1.91.0-nightly is $RUST or newer.
is_new_enough() {
    major=${1%%.*}
    rest=${1#*.}
    minor=${rest%%.*}
    [ "$major" -gt "${RUST%%.*}" ] || { [ "$major" -eq "${RUST%%.*}" ] && [ "$minor" -ge "${RUST#*.}" ]; }
}

missing=""
for tool in "$@"; do
    has "$tool" || missing="$missing $tool"
done

failed=""
packages=""
components=""
for tool in $missing; do
    failed=yes
    case "$tool" in
    cargo | rustc)
        echo "missing: $tool. Install Rust $RUST or newer with rustup (https://rustup.rs):" >&2
        echo "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2
        ;;
    rustfmt | clippy) components="$components $tool" ;;
    *) packages="$packages $tool" ;;
    esac
done
# Without cargo itself nothing can be said of its parts: rustup brings them.
if [ -n "$components" ] && has cargo; then
    echo "missing:$components. Install with:" >&2
    echo "    rustup component add$components" >&2
fi
if has rustc; then
    version=$(rustc --version | cut -d ' ' -f 2)
    if ! is_new_enough "$version"; then
        failed=yes
        echo "rustc is $version; copydesk needs $RUST or newer. Update with:" >&2
        echo "    rustup update" >&2
    fi
fi
if [ -n "$packages" ]; then
    echo "missing:$packages. Install with:" >&2
    if command -v apt-get >/dev/null 2>&1; then
        echo "    sudo apt-get install$packages" >&2
    elif command -v dnf >/dev/null 2>&1; then
        echo "    sudo dnf install$(echo "$packages" | sed 's/g++/gcc-c++/')" >&2
    elif command -v pacman >/dev/null 2>&1; then
        echo "    sudo pacman -S$(echo "$packages" | sed 's/g++/gcc/')" >&2
    elif command -v brew >/dev/null 2>&1; then
        echo "    xcode-select --install" >&2
    else
        echo "    your system's package manager, under these names" >&2
    fi
fi
[ -z "$failed" ]
