const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');

module.exports = {
  ROOT,
  /** The thread that reads messages. */
  ENTRY: path.join(ROOT, 'src/mime/tasks-worker.ts'),
  /** The same with all that it imports, made anew at the beginning of each run. */
  BUNDLE: path.join(ROOT, 'node_modules/.cache/estafette/tasks-worker.cjs'),
};
