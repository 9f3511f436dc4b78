#!/bin/sh
# Prints the Python that makes the environment: 3.11 or newer, found by running it,
# because a version manager's shim may stand on PATH and still refuse to start.
set -eu
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
done
echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2
exit 1
