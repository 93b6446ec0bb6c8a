#!/usr/bin/env bash
# Lock what pyproject.toml asks for: versions and hashes, no addresses. The second is for working on it.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-uv}"
options=(--quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.13)
"$uv" pip compile "${options[@]}" pyproject.toml -o requirements/runtime.txt
"$uv" pip compile "${options[@]}" pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
