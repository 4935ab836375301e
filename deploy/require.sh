#!/bin/sh
# Names every tool that the build needs and this machine lacks, with the command that installs it.
# usage: require.sh TOOL...
set -eu

missing=""
for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
[ -n "$missing" ] || exit 0

packages=""
for tool in $missing; do
    case "$tool" in
    cargo | rustc)
        echo "missing: $tool. Install Rust 1.90 or newer with rustup (https://rustup.rs):" >&2
        echo "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2
        ;;
    *) packages="$packages $tool" ;;
    esac
done
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
exit 1
