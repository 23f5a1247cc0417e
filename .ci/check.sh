#!/usr/bin/env bash
# Types, lint, format, architecture, and documents that are generated from code. With --no-suites the
# suites among them are left out: who runs every suite afterwards has no use for theirs twice.
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/install.sh
npx --no-install tsc -p tsconfig.json
npx --no-install biome ci --diagnostic-level=error .
npx --no-install oxlint --type-aware --quiet
bash .ci/build.sh
[ "${1:-}" = --no-suites ] ||
  npx --no-install jest --config test/jest.config.cjs --selectProjects unit --testPathPatterns 'test/(architecture|docs|locales|types|plugins\.contract)\.test\.ts'
node dist/src/main.js docs:config --check
node dist/src/main.js docs:plugins --check
