"""The kit is plain Python: importing all of it loads no Django."""

import pathlib
import subprocess
import sys

import giftwell.kit


def test_the_kit_never_imports_django():
    folder = pathlib.Path(giftwell.kit.__file__).parent
    names = sorted(f"giftwell.kit.{path.stem}" for path in folder.glob("[a-z]*.py"))
    assert len(names) >= 7
    program = f"import sys, {', '.join(names)}; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
