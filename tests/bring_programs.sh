#!/usr/bin/env bash
# Installs what some tests need beside Python, where Debian's apt may: Chromium for pages, LibreOffice for workbooks.
# Needs root, or sudo without a password. Otherwise it says what is missing; tests that need it are then skipped.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v soffice >/dev/null || missing+=(libreoffice-calc-nogui)
((${#missing[@]})) || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 &&
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends fonts-dejavu-core "${missing[@]}" >/dev/null 2>&1 && exit 0
fi
echo "Tests that need ${missing[*]} will be skipped: it is not installed, and could not be." >&2
