const { writeFileSync } = require('node:fs');

/**
 * Closes a run with one plain line a project, `unit: 12 passed, 0 failed, 0 skipped`, and one for all.
 * The file that FAILED_SUITES names gets the suites that failed, a line each, once the run was whole.
 */
class CountReporter {
  constructor() {
    this.counts = new Map();
    this.failed = [];
  }

  onTestResult(test, result) {
    if (result.numFailingTests > 0 || result.testExecError) this.failed.push(test.path);
    const { displayName } = test.context.config;
    const project = typeof displayName === 'object' ? displayName.name : (displayName ?? 'tests');
    const known = this.counts.get(project) ?? { passed: 0, failed: 0, skipped: 0 };
    this.counts.set(project, {
      passed: known.passed + result.numPassingTests,
      failed: known.failed + result.numFailingTests + (result.testExecError ? 1 : 0),
      skipped: known.skipped + result.numPendingTests + result.numTodoTests,
    });
  }

  onRunComplete(_contexts, results) {
    const all = { passed: 0, failed: 0, skipped: 0 };
    const line = (name, { passed, failed, skipped }) =>
      process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    for (const [name, count] of this.counts) {
      for (const key of Object.keys(all)) all[key] += count[key];
      line(name, count);
    }
    line('all', all);
    const record = process.env.FAILED_SUITES;
    if (record && !results.wasInterrupted) {
      writeFileSync(record, this.failed.map((path) => `${path}\n`).join(''));
    }
  }
}

module.exports = CountReporter;
