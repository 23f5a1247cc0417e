#!/usr/bin/env bash
# Builds only when a source is newer than the last build. A plugin that does not compile is left
# out, and told; the core has to compile, except before `npm run dev`, which runs the sources.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=dist/.built
told=dist/.not-compiled
sources=(src plugins skins package-lock.json tsconfig.json .tsconfig.build.json)
[ -d plugins-npm ] && sources+=(plugins-npm)
if [ -f "$stamp" ] && [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]; then
  [ ! -f "$told" ] || cat "$told" >&2
  exit 0
fi
# A pruned installation has no compiler, and runs what was built before.
if [ ! -x node_modules/.bin/tsc ] && [ -f "$stamp" ]; then
  exit 0
fi
started=$(mktemp)
messages=$(mktemp)
report=$(mktemp)
project=$(mktemp ./.tsconfig.build-XXXXXX)
trap 'rm -f "$started" "$messages" "$report" "$project"' EXIT

# Errors in syntax hide all others: what is wrong is taken out until the rest compiles.
left_out=()
config=.tsconfig.build.json
compiled=yes
until node_modules/.bin/tsc -p "$config" --pretty false >"$report"; do
  mapfile -t broken < <(sed -n 's|^plugins/\([^/]*\)/.*: error .*|\1|p' "$report" | sort -u)
  mapfile -t broken < <(printf '%s\n' "${broken[@]}" "${left_out[@]}" "${left_out[@]}" | sort | uniq -u)
  if [ -z "${broken[*]}" ]; then
    # Left: the core's own, or what a plugin imports of one that is out. A compiler that was killed
    # says nothing at all, and left nothing that could count as compiled.
    if [ ! -s "$report" ]; then
      echo 'the compiler ended without a word' >&2
    elif ! grep -qv -e '^plugins/' -e '^ ' "$report"; then
      break
    fi
    cat "$report" >&2
    [ "${npm_lifecycle_event:-}" = predev ] || exit 2
    compiled=
    break
  fi
  for id in "${broken[@]}"; do
    [ -n "$id" ] || continue
    left_out+=("$id")
    { echo "plugin $id does not compile:"; grep "^plugins/$id/" "$report"; } >>"$messages"
  done
  node -e '
    const config = JSON.parse(require("fs").readFileSync(".tsconfig.build.json", "utf8"));
    config.exclude.push(...process.argv.slice(1).map((id) => `plugins/${id}`));
    console.log(JSON.stringify(config));
  ' "${left_out[@]}" >"$project"
  config=$project
done
for id in "${left_out[@]}"; do rm -rf "dist/plugins/$id"; done
rm -f "$told"
if [ -s "$messages" ]; then
  cp "$messages" "$told"
  cat "$told" >&2
fi
[ -n "$compiled" ] || exit 0
node dist/src/main.js assets:build >&2
touch -r "$started" "$stamp"
