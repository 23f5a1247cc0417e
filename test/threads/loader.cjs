const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');
const { BUNDLE, ENTRY } = require('./files.cjs');

// What threads of suites are given as loader of TypeScript, in place of `tsx/cjs`. Each application that
// a suite starts begins a thread that reads messages: it comes from the sources as setup.cjs put them
// together, in a third of the time. Any other thread is loaded file by file, as ever.
if (!isMainThread && process.argv[1] === ENTRY && existsSync(BUNDLE)) {
  require.extensions['.ts'] = (module, file) => {
    if (file !== ENTRY) throw new Error(`not in the thread of messages: ${file}`);
    module._compile(readFileSync(BUNDLE, 'utf8'), BUNDLE);
  };
} else {
  require(path.join(path.dirname(require.resolve('tsx/package.json')), 'dist/cjs/index.cjs'));
}
