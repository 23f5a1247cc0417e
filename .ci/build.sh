#!/usr/bin/env bash
# Builds only when a source is newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=dist/.built
sources=(src plugins skins package-lock.json tsconfig.json .tsconfig.build.json)
[ -d plugins-npm ] && sources+=(plugins-npm)
if [ -f "$stamp" ] && [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]; then
  exit 0
fi
# A pruned installation has no compiler, and runs what was built before.
if [ ! -x node_modules/.bin/tsc ] && [ -f "$stamp" ]; then
  exit 0
fi
started=$(mktemp)
npm run --silent build >&2
touch -r "$started" "$stamp"
rm -f "$started"
