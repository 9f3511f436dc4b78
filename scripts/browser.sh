#!/bin/sh
# Makes sure that the browser tests find a Chromium: one that is there, else Debian's, else Playwright's own.
set -eu
cd "$(dirname "$0")/.."

find_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if "$name" --version >/dev/null 2>&1; then return 0; fi # a snap's stub may refuse to start
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

from_debian() {
    [ "$(. /etc/os-release 2>/dev/null && echo "$ID")" = debian ] && as_root true 2>/dev/null || return 1
    echo "Installing Debian's chromium and fonts-noto-cjk ..."
    as_root apt-get -qq update &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium fonts-noto-cjk >/dev/null
}

find_browser && exit 0
from_debian && find_browser && exit 0
.venv/bin/python -m playwright install chromium && exit 0
echo "No Chromium could be installed: the browser tests will fail and say what to install." >&2
