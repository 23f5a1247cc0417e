import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const SUITES = path.join(__dirname, 'fixtures');

it('gives a suite nothing that the one before it left in their process', () => {
  const { projects, ...config } = jest.requireActual<{ projects: readonly object[] }>(
    '../../jest.config.cjs',
  );
  const [project] = projects;
  const one = { ...project, testMatch: [`${SUITES}/*.suite.ts`] };
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      'node_modules/jest/bin/jest.js',
      '--config',
      JSON.stringify({ ...config, ...one, globalSetup: undefined, reporters: ['default'] }),
      '--runInBand',
      '--verbose',
      '--runTestsByPath',
      path.join(SUITES, 'first.suite.ts'),
      path.join(SUITES, 'second.suite.ts'),
      '--testSequencer',
      path.join(SUITES, 'as-named.cjs'),
    ],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, KEPT: 'yes' } },
  );

  expect(stderr).toMatch(/leaves things behind[\s\S]*finds nothing of the suite before/);
  expect({ status, said: status === 0 ? '' : stderr }).toEqual({ status: 0, said: '' });
}, 60_000);
