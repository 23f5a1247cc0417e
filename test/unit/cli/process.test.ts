import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../../..');

/** Runs the program as a person would, with nothing of this process's environment but its path. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('the program', () => {
  it('tells its version', async () => {
    const { code, out, err } = await start(['version', '--json']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('ends with 64 when it is misused and 78 when it is misconfigured', async () => {
    const [misused, misconfigured] = await Promise.all([
      start(['bogus']),
      start(['sites:check'], { ESTAFETTE_CONFIG: 'nowhere', ESTAFETTE_SECRET_KEY: 'x' }),
    ]);

    expect(misused).toMatchObject({ code: 64, out: '' });
    expect(misconfigured.code).toBe(78);
    expect(misconfigured.err).toContain('nowhere/app.json: no such file');
    expect(misconfigured.err).toContain('nowhere/sites: expected at least one file');
    expect(misconfigured.err).not.toContain('    at ');
  });
});
