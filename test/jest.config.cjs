const path = require('node:path');

const root = path.resolve(__dirname, '..');

const common = {
  rootDir: root,
  testEnvironment: '<rootDir>/test/realm/environment.cjs',
  runtime: '<rootDir>/test/realm/runtime.cjs',
  transform: {
    '^.+\\.(t|j)sx?$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // ES modules alone: where Node does not load them with require(), they are rewritten.
  transformIgnorePatterns: ['/node_modules/(?!(?:openid-client|oauth4webapi|jose|oidc-provider)/)'],
  moduleNameMapper: {
    '^estafette/plugin$': '<rootDir>/src/host/index.ts',
    '^estafette/plugin/testing$': '<rootDir>/src/host/testing/index.ts',
    // Loads the threads of applications.
    '^tsx/cjs$': '<rootDir>/test/threads/loader.cjs',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/var/'],
};

const project = (displayName, testMatch, extra = {}) => ({
  ...common,
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  ...extra,
});

module.exports = {
  rootDir: root,
  globalSetup: '<rootDir>/test/threads/setup.cjs',
  testTimeout: 30_000,
  // Tests wait more than they work: two at a time take little over half as long on two cores. A third
  // fills the waits, and takes their time from suites that look at how long plugins hold the loop.
  maxWorkers: 2,
  // What suites leave behind adds up: near the 4 GB that Node gives a process, it does little else than
  // look for memory. A worker that is larger after a suite makes room for a new one.
  workerIdleMemoryLimit: '1500MB',
  reporters: ['default', '<rootDir>/test/count-reporter.cjs'],
  projects: [
    project('unit', ['test/unit/**/*.test.ts', 'test/*.test.ts', 'plugins/*/test/**/*.test.ts']),
    project('embedded', ['test/embedded/**/*.test.ts']),
    project('real', ['test/real/**/*.test.ts']),
    project('browser', ['test/browser/**/*.test.ts']),
  ],
};
