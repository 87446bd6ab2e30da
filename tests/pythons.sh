#!/usr/bin/env bash
# The wheel in an environment of its own for each Python that it claims and that is here, with the newest packages that it allows:
# `--version`, `new`, a solve of the tiny model, and the same from Python. One line for each Python; a missing one is said and passed over.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PYTHONPATH
.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir "$work" .
status=0
for version in $(sed -n 's/.*"Programming Language :: Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml); do
    export PYENV_VERSION=$version
    if ! "python$version" -c "" 2> /dev/null; then
        echo "$version: there is no python$version; passed over"
        continue
    fi
    here="$work/$version"
    "python$version" -m venv "$here/venv"
    "$here/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$work"/gwplan-*.whl
    if (cd "$here" && venv/bin/gwplan --version && venv/bin/gwplan new demo && cd demo && ../venv/bin/gwplan solve models/tiny.toml \
        && ../venv/bin/python -c 'import gwplan; assert abs(gwplan.solve(gwplan.read_case("models/tiny.toml")).summary["capital_musd"] - 290) < 1e-6'
    ) > "$here/printed" 2>&1; then
        echo "$version: $(head -n 1 "$here/printed") solves models/tiny.toml for 290 MUSD"
    else
        cat "$here/printed"
        echo "$version: failed"
        status=1
    fi
done
exit $status
