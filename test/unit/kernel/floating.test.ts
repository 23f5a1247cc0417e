import { execFile } from 'node:child_process';
import path from 'node:path';

const CHILD = path.join(__dirname, 'fixtures/floating-child.ts');

/** A process of its own, since jest listens to the same process events. */
async function decisions(name: string): Promise<string[]> {
  const args = ['--require', require.resolve('tsx/cjs'), CHILD, name];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, (_exitCode, output) => resolve(output));
  });
  return stdout.trim().split('\n');
}

it.each(['rejection', 'late-rejection'])(
  'charges a floating %s and goes on serving',
  async (name) => {
    expect(await decisions(name)).toEqual(['charged calendar probe:told R1', 'serving']);
  },
);

it('charges a throw in an async function that nobody awaits', async () => {
  expect(await decisions('async-rejection')).toEqual(['charged calendar probe:told R1', 'serving']);
});

it('quarantines a plugin whose rejections float again and again', async () => {
  expect(await decisions('rejections-repeated')).toEqual([
    ...new Array(5).fill('charged calendar probe:told R1'),
    'quarantine calendar floating',
    'serving',
  ]);
});

it.each([
  ['timer', 'calendar', 'thrown'],
  ['emitter', 'calendar', 'emitted'],
  ['job', 'contacts', 'thrown'],
  ['file', 'agenda', 'thrown'],
  ['file-in-core', 'agenda', 'thrown'],
])(
  'quarantines the plugin of a thrown %s and asks for a restart',
  async (name, plugin, message) => {
    expect(await decisions(name)).toEqual([
      `quarantine ${plugin} ${message}`,
      `restart uncaught exception in plugin ${plugin}`,
      'serving',
    ]);
  },
);

it.each(['nobody', 'nobody-rejection', 'core'])('is fatal for an error of %s', async (name) => {
  expect(await decisions(name)).toEqual([
    `fatal ${name === 'nobody' ? 'thrown' : 'floating'}`,
    'serving',
  ]);
});
