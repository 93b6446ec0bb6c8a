#!/usr/bin/env bash
# All tests in parallel, with coverage; the gates on coverage are checked at the end.
set -euo pipefail
workers="${1:-auto}"
python=.venv/bin/python
rm -f .coverage .coverage.*
"$python" -m pytest tests -q -n "$workers" --dist loadgroup --cov --cov-report=
"$python" -m coverage report --fail-under=90
"$python" -m coverage report --fail-under=98 \
  --include='src/giftwell/kit/*,src/giftwell/domain/ledger/*,src/giftwell/domain/redemption/*,src/giftwell/foundation/tenancy/*'
