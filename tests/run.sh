#!/usr/bin/env bash
# All tests with coverage: what shares a machine well runs in parallel, and the gate is checked at the end.
set -euo pipefail
workers="${1:-auto}"
python=.venv/bin/python
rm -f .coverage .coverage.*
"$python" -m coverage run -m pytest tests -q -n "$workers" --dist loadgroup
"$python" -m coverage combine --quiet
"$python" -m coverage report --fail-under=90
"$python" -m coverage report --fail-under=98 \
  --include='src/giftwell/kit/*,src/giftwell/domain/ledger/*,src/giftwell/domain/redemption/*,src/giftwell/foundation/tenancy/*'
