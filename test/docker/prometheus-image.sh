#!/usr/bin/env bash
# Makes an image of this machine's own prometheus, laid out as the official one is.
# Usage: prometheus-image.sh NAME
set -euo pipefail
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,etc/prometheus,prometheus,tmp}
chmod 777 "$root/prometheus" "$root/tmp"
cp "$(command -v prometheus)" "$(command -v wget)" "$root/bin/"
for binary in "$root"/bin/*; do ldd "$binary" 2>/dev/null || true; done |
  grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
tar -C "$root" -c . | docker import --change 'ENTRYPOINT ["/bin/prometheus"]' - "$1" > /dev/null
