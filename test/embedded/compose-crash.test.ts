import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

const ROOT = path.resolve(__dirname, '../..');
const ROUNDS = 5;
/** What is certain after a kill at each step: what was delivered, and what the outbox says. */
const STEPS = [
  ['claimed', 0, 'draft'],
  ['built', 0, 'draft'],
  ['data', 0, 'draft'],
  ['data-committed', 0, 'unknown'],
  ['answered', 1, 'unknown'],
  ['settled', 1, 'sent'],
  ['filed', 1, 'sent'],
] as const;

const TEXT = 'Le texte qui ne doit jamais se perdre.';
const FIELDS = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Sous la hache',
  format: 'plain' as const,
  text: TEXT,
  html: '',
};

let dir = '';
let script = '';
let stand: Stand;
let smtp: ScriptedSmtp;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'compose-crash-'));
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
  for (const child of children) child.kill('SIGKILL');
  await stand.close();
  await smtp.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Starts a sending in its own process, kills it when it reaches the step, waits for its end. */
async function sendAndKill(draft: string, step: string): Promise<void> {
  const child = spawn(process.execPath, [script, dir, String(smtp.port), draft, step], {
    env: { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', () => resolve(`exit: ${Buffer.concat(errors).toString()}`));
  });
  expect(line).toBe(`at ${step}`);
  child.kill('SIGKILL');
  await exited;
  children.delete(child);
}

describe.each(STEPS)('killed at %s', (step, delivered, state) => {
  it(`delivers ${delivered} and says ${state}, ${ROUNDS} times`, async () => {
    const actor = aWriter({ smtpPort: smtp.port });
    for (let round = 0; round < ROUNDS; round++) {
      const id = `${step.replaceAll('-', '_')}_${round}`.padEnd(22, 'x');
      await stand.compose.ensure(actor, id, { mode: 'new' });
      await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: true });
      const sentBefore = smtp.delivered.length;
      const copiesBefore = stand.mail.all('Sent').length;

      await sendAndKill(id, step);
      const recovered = await stand.compose.recover();

      expect(smtp.delivered.length - sentBefore).toBe(delivered);
      expect(recovered.unknown).toBe(state === 'unknown' ? 1 : 0);
      if (state !== 'sent') {
        const draft = await stand.compose.load(actor, id);
        expect(draft).toMatchObject({
          text: TEXT,
          sending: state === 'unknown' ? 'unknown' : undefined,
        });
      }
      await stand.compose.retrySentCopies(actor);
      const again = await stand.compose.send(actor, id, { confirmed: [] });
      const total = smtp.delivered.length - sentBefore;
      const copies = stand.mail.all('Sent').length - copiesBefore;
      if (state === 'unknown') {
        expect(again.kind).toBe('unknown');
        expect({ total, copies }).toEqual({ total: delivered, copies: 0 });
        await stand.compose.discard(actor, id);
      } else {
        expect(again).toMatchObject({ kind: 'sent', repeated: state === 'sent' });
        expect({ total, copies }).toEqual({ total: 1, copies: 1 });
      }
      expect(stand.mail.all('Sent').at(-1) ?? '').toEqual(
        copies === 1 ? smtp.delivered.at(-1)?.raw : expect.any(String),
      );
      // The draft's copy in Drafts went with it.
      expect(stand.mail.all('Drafts')).toEqual([]);
    }
  }, 120_000);
});
