#!/bin/sh
# Pins requirements*.in into requirements*.txt, with hashes and without any index address.
set -eu
cd "$(dirname "$0")/.."
python=$(scripts/python.sh)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/uv"
"$folder/uv/bin/python" -m pip install --quiet uv
for name in requirements requirements-dev; do
    "$folder/uv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate "$@" "$name.in" -o "$name.txt"
done
echo "requirements.txt and requirements-dev.txt are written"
