#!/usr/bin/env bash
# Makes a base image out of this machine's own node, npm and shell, where no registry of images can be reached.
# Usage: base-image.sh NAME
set -euo pipefail
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
node=$(readlink -f "$(command -v node)")
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$root"/{bin,usr/bin,usr/lib/node_modules,tmp,etc}
chmod 1777 "$root/tmp"
cp "$node" "$root/usr/bin/node"
cp -r "$npm" "$root/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
tools=(sh env mkdir rm cp ls cat wget)
for tool in "${tools[@]}"; do
  path=$(readlink -f "$(command -v "$tool" || true)")
  [ -n "$path" ] && [ ! -e "$root/usr/bin/$tool" ] && cp "$path" "$root/usr/bin/$tool"
done
ln -s ../usr/bin/sh "$root/bin/sh"
# Every library that one of these is linked to, in its own place.
for binary in "$root"/usr/bin/*; do ldd "$binary" 2>/dev/null || true; done |
  grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
tar -C "$root" -c . | docker import --change 'ENV PATH=/usr/bin:/bin' - "$1" > /dev/null
