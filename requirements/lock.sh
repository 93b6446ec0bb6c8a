#!/usr/bin/env bash
# Lock what requirements/*.in ask for: versions and hashes, no addresses.
set -euo pipefail
cd "$(dirname "$0")"
uv="${UV:-uv}"
options=(--quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.13)
"$uv" pip compile "${options[@]}" runtime.in -o runtime.txt
"$uv" pip compile "${options[@]}" dev.in -c runtime.txt -o dev.txt
