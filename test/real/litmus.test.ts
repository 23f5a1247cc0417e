import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DemoApp } from '../../src/demo';
import { findBinary } from '../../src/demo/real/process';
import { agentAt } from '../kit/demo-agents';
import { signedInDemo } from '../kit/signed-in-demo';

/** litmus of Debian: somebody else’s reading of RFC 4918, which knows nothing of calendars. */
const SUITE_MS = 60_000;
/** Of each suite: what has passed at least, of what was run. */
// What fails are files of other kinds, and folders in a calendar: there are only events and tasks.
const AT_LEAST = { basic: 7, copymove: 5, props: 9, http: 4 } as const;

let demo: DemoApp;
let base: string;
let account: readonly [string, string];
let folder: string;

beforeAll(async () => {
  await findBinary(['/usr/bin/litmus'], 'litmus');
  const { demo: started, web } = await signedInDemo({
    seed: false,
    site: (_id, file) => ({ ...file, plugins: { calendar: true } }),
  });
  demo = started;
  base = web.base;
  const { username } = agentAt(demo, 0);
  const row: { id: number } = await demo.app.db.knex('users').where({ login: username }).first();
  const { secret } = await demo.app.safety.appPasswords.create(row.id as never, 'litmus');
  account = [username, secret];
  folder = await mkdtemp(path.join(tmpdir(), 'estafette-litmus-'));
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (suite: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      '/usr/bin/litmus',
      ['-k', `${base}/dav/calendar/`, ...account],
      {
        cwd: folder,
        timeout: SUITE_MS,
        env: {
          PATH: '/usr/bin:/bin',
          TESTS: suite,
          TESTROOT: '/usr/libexec/litmus',
          HTDOCS: '/usr/share/litmus/htdocs',
        },
      },
      // It ends with 1 for any test that failed: the counts say which.
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`),
    );
  });

it.each(Object.keys(AT_LEAST) as (keyof typeof AT_LEAST)[])(
  'answers the suite %s without a fault of ours',
  async (suite) => {
    const said = await run(suite);

    const passed = [...said.matchAll(/^ *\d+\. (\S+?)\.* pass/gm)].map(([, name]) => name);
    const failed = [...said.matchAll(/^ *\d+\. (\S+?)\.* FAIL(.*)$/gm)];
    process.stderr.write(
      `litmus ${suite}: ${passed.length} passed, ${failed.length} failed${failed.map(([, name, why]) => `\n  ${name}${why}`).join('')}\n`,
    );
    expect(said).toContain(`running \`${suite}'`);
    expect(said).not.toMatch(/ 50[0134] /);
    expect(passed.length).toBeGreaterThanOrEqual(AT_LEAST[suite]);
  },
  SUITE_MS + 10_000,
);
