const { mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const path = require('node:path');
const esbuild = require('esbuild');
const { BUNDLE, ENTRY, ROOT } = require('./files.cjs');

/** Packages as `require` finds them, which is how the compiled program loads them. */
const asRequired = {
  name: 'as-required',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: name, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (isBuiltin(name)) return { path: name, external: true };
      return { path: createRequire(importer).resolve(name) };
    });
  },
};

/** Before the suites of a run: one file of the thread that reads messages, for loader.cjs. */
module.exports = async () => {
  const { outputFiles } = await esbuild.build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    absWorkingDir: ROOT,
    outfile: BUNDLE,
    platform: 'node',
    target: `node${process.versions.node}`,
    format: 'cjs',
    plugins: [asRequired],
  });
  mkdirSync(path.dirname(BUNDLE), { recursive: true });
  // Runs beside each other write the same: none of them may read half of it.
  const made = `${BUNDLE}.${process.pid}`;
  writeFileSync(made, outputFiles[0].contents);
  renameSync(made, BUNDLE);
};
