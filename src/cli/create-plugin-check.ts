import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Runs a program of the installation with its output on our standard error; resolves with its exit code. */
function run(root: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

export type Checked = 'passed' | 'failed' | 'no tools';

/**
 * Formats a new plugin and runs its own tests and the contract test on it, when the tools of
 * development are installed.
 */
export async function checkPlugin(root: string, id: string): Promise<Checked> {
  const tool = (...steps: string[]): string => path.join(root, 'node_modules', ...steps);
  const biome = tool('@biomejs', 'biome', 'bin', 'biome');
  const jest = tool('jest', 'bin', 'jest.js');
  if (!existsSync(jest)) return 'no tools';
  // A long id makes long lines.
  if (existsSync(biome)) {
    await run(root, [biome, 'format', '--write', '--log-level=error', path.join('plugins', id)]);
  }
  const test = (...args: string[]): Promise<number> =>
    run(root, [jest, '--config', path.join('test', 'jest.config.cjs'), ...args]);
  const own = await test('--selectProjects', 'unit', '--testPathPatterns', `plugins/${id}/test/`);
  if (own !== 0) return 'failed';
  const contract = await test(
    ...['--selectProjects', 'unit', 'embedded', '--testPathPatterns', 'plugins\\.contract'],
    ...['--testNamePattern', `^plugin ${id} `],
  );
  return contract === 0 ? 'passed' : 'failed';
}
