import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

const ROOT = path.resolve(__dirname, '../..');
/** Where the second sending is killed, what it delivered, and what the outbox says then. */
const STEPS = [
  ['built', 0, 'unknown'],
  ['data', 0, 'unknown'],
  ['data-committed', 0, 'unknown'],
  ['answered', 1, 'unknown'],
  ['settled', 1, 'sent'],
] as const;

const FIELDS = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Deux fois sous la hache',
  format: 'plain' as const,
  text: 'Peut-être déjà parti.',
  html: '',
};

let dir = '';
let script = '';
let stand: Stand;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'compose-resend-crash-'));
  script = path.join(dir, 'crash-send.js');
  buildSync({
    entryPoints: [path.join(ROOT, 'test/kit/crash-send.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  smtp = await startScriptedSmtp({ extensions: ['PIPELINING'] });
  stand = await aComposeStand({ dir });
});
afterAll(async () => {
  await stand.close();
  await smtp.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Sends again in a process of its own, which dies at the step. */
async function resendAndKill(draft: string, step: string): Promise<void> {
  const child = spawn(process.execPath, [script, dir, String(smtp.port), draft, step, 'resend'], {
    env: { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    }),
    exited.then(() => 'ended by itself'),
  ]);
  child.kill('SIGKILL');
  await exited;
  expect(line).toBe(`at ${step}`);
}

describe.each(STEPS)('sent again and killed at %s', (step, delivered, state) => {
  it(`is ${state}, never simply a draft, and leaves no more by itself`, async () => {
    const actor = aWriter({ smtpPort: smtp.port });
    const id = step.replaceAll('-', '_').padEnd(22, 'x');
    await stand.compose.ensure(actor, id, { mode: 'new' });
    await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: false });
    smtp.script = { extensions: ['PIPELINING'], end: 'drop' };
    expect(await stand.compose.send(actor, id, { confirmed: [] })).toMatchObject({
      kind: 'unknown',
    });
    smtp.script = { extensions: ['PIPELINING'] };
    const before = smtp.delivered.length;

    await resendAndKill(id, step);
    await stand.compose.recover();
    const again = await stand.compose.send(actor, id, { confirmed: [] });

    expect(again.kind).toBe(state);
    expect(smtp.delivered.length - before).toBe(delivered);
    if (state === 'sent') return;
    expect(await stand.compose.load(actor, id)).toMatchObject({ sending: 'unknown' });
    // On the person's word it leaves once more, the same to the byte.
    expect(await stand.compose.resend(actor, id)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered.at(-1)?.raw).toBe(smtp.delivered[before - 1]?.raw);
  }, 60_000);
});
