import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { knownGuards } from '../../../src/app/known-guards';
import { silentLog } from '../../../src/base/log';
import type { FoundPlugin } from '../../../src/host/discover';
import { aPlugin, asFound, tempTree } from '../host/kit';

let dataDir = '';
afterEach(() => rmSync(dataDir, { recursive: true }));

const factor = asFound(
  aPlugin('factor', { contributes: { challenges: [{ id: 'code', label: 'x:y', path: '/' }] } }),
);
const plain = asFound(aPlugin('plain'));
const ask = (candidates: readonly FoundPlugin[], found = candidates, unloaded: string[] = []) =>
  knownGuards(
    { dataDir, log: silentLog() },
    { candidates, found, unloaded: unloaded.map((id) => ({ id, version: '1.0.0', dir: '' })) },
  );
const record = (): unknown =>
  JSON.parse(readFileSync(path.join(dataDir, 'sign-in-guards.json'), 'utf8'));

it('are recorded while they can be loaded, and named once they are not, unless on nowhere', () => {
  dataDir = tempTree({ 'uploads/.keep': '' });

  expect(ask([factor, plain])).toEqual([]);
  expect(record()).toEqual(['factor']);
  expect(ask([plain])).toEqual(['factor']);
  expect(ask([plain], [plain], ['factor'])).toEqual([]);
  expect(record()).toEqual(['factor']);
});

it('are named at their first start already, when their tables could not be made', () => {
  dataDir = tempTree({ 'uploads/.keep': '' });

  expect(ask([factor, plain], [plain])).toEqual(['factor']);
});

it('are forgotten once their code says that they guard nothing', () => {
  dataDir = tempTree({ 'sign-in-guards.json': '["plain"]' });

  expect(ask([plain], [])).toEqual([]);
  expect(record()).toEqual([]);
});

it.each([
  ['cut', { 'sign-in-guards.json': '["fact' }],
  ['of another shape', { 'sign-in-guards.json': '{"factor":true}' }],
  ['a folder', { 'sign-in-guards.json/x': '' }],
])(
  'end the start with the name of the file when the record is %s, and leave it',
  (_what, files) => {
    dataDir = tempTree(files);

    expect(() => ask([plain])).toThrow(
      expect.objectContaining({
        code: 'config/invalid',
        details: { reason: expect.stringContaining(path.join(dataDir, 'sign-in-guards.json')) },
      }),
    );
    const [[name, content]] = Object.entries<string>(files) as [[string, string]];
    expect(readFileSync(path.join(dataDir, name), 'utf8')).toBe(content);
  },
);
