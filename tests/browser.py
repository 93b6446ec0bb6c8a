"""Have a Chromium for the journeys: the system's, Debian's package where we may install it, else Playwright's
own.
"""

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The system's Chromium, if there is one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser journeys…")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        command = [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-noto-color-emoji",
        ]
        subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, **quiet)
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if executable() is None:
        _install()
    if executable() is None:
        print("No Chromium could be installed: the browser journeys will say that they were skipped.")
