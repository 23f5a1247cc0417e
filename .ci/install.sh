#!/usr/bin/env bash
# Installs the npm packages once. `npm install`, not `npm ci`: with packages that have one build a
# platform, npm leaves the absent platforms out of the lock and `npm ci` then refuses it.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=node_modules/.estafette-installed
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ] || [ package.json -nt "$stamp" ]; then
  # A package without a ready-made binary is compiled: with the headers that Node came with, where they
  # are, since others would have to be fetched from its makers.
  prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
  if [ -z "${npm_config_nodedir:-}" ] && [ -f "$prefix/include/node/node.h" ]; then
    export npm_config_nodedir=$prefix
  fi
  npm install --no-audit --no-fund --loglevel=error >&2
  touch "$stamp"
fi
