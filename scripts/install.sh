#!/bin/sh
# Makes .venv with the pinned requirements and the project itself: install.sh [dev]
# A stamp named after the checksum of what was asked for makes the second call instant.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-run}
if [ "$wanted" = dev ]; then list=requirements-dev.txt; else list=requirements.txt; fi
sum=$(cat requirements.txt requirements-dev.txt pyproject.toml scripts/install.sh | cksum | tr ' ' '-')
stamp=.venv/stamp-$wanted-$sum
if [ -e "$stamp" ] && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi

python=$(scripts/python.sh)
uv=""
if uv --version >/dev/null 2>&1; then uv=uv; fi

make_environment() {
    if "$python" -m venv --clear .venv >/dev/null 2>&1; then return; fi
    if [ -n "$uv" ] && uv venv --quiet --clear --seed --python "$python" .venv; then return; fi
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python$version-venv" >&2
    exit 1
}

with_uv() {
    [ -n "$uv" ] &&
        uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$list" &&
        uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
}

# The list is complete, so pip is told not to look for more: older ones would take a newer coverage for coverage[toml].
with_pip() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$list" &&
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

.venv/bin/python -c '' 2>/dev/null || make_environment
echo "Installing $list into .venv ..."
with_uv || with_pip
rm -f .venv/stamp-*
touch "$stamp" ".venv/stamp-run-$sum"
