"""The lean route stays lean.

No Django, and no SQL but what `redemption` publishes and the look-up of a key.
"""

import re
import subprocess
import sys
from pathlib import Path

import giftwell.interfaces.pos

_FOLDER = Path(giftwell.interfaces.pos.__file__).parent
_ASKED = re.compile(r"\b(?:from|select|join|into|update|call)\s+(\w+\.\w+)\s*\(", re.IGNORECASE)
_PUBLISHED = {
    f"redemption.{name}"
    for name in (
        "redeem", "authorize", "reauthorize", "capture", "void", "refund", "unlinked_refund", "reverse",
        "balance",
    )
}  # fmt: skip
_ENTRANCE = {"identity.find_api_key", "identity.count_key_use", "identity.note_key_use"}


def test_the_point_of_sale_imports_no_django() -> None:
    code = (
        "import sys, giftwell.interfaces.pos.app, giftwell.interfaces.pos.openapi; "
        "print([name for name in sys.modules if name.partition('.')[0] in ('django', 'ninja', 'psycopg')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_executes_only_what_redemption_publishes_and_the_look_up_of_keys() -> None:
    source = "\n".join(path.read_text() for path in sorted(_FOLDER.glob("*.py")))
    assert set(_ASKED.findall(source)) == _PUBLISHED | _ENTRANCE


def test_it_names_no_table() -> None:
    source = "\n".join(path.read_text() for path in sorted(_FOLDER.glob("*.py")))
    statements = re.findall(r'"(select [^"]+)"', source)
    assert len(statements) == len(_PUBLISHED | _ENTRANCE | {"how long a statement may wait"})
    for statement in statements:
        assert not re.search(r"\b(?:ledger|cards|catalog|tenancy|identity)_\w+", statement), statement
        assert not re.search(r"\b(?:insert|update|delete|truncate)\b", statement), statement
