import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type CrashProcess, crashProcess } from '../kit/crash-process';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

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

let crash: CrashProcess;
let stand: Stand;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  crash = crashProcess('compose-resend-crash-');
  smtp = await startScriptedSmtp({ extensions: ['PIPELINING'] });
  stand = await aComposeStand({ dir: crash.dir });
});
afterAll(async () => {
  await stand.close();
  await smtp.close();
  crash.close();
});

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

    const sending = { draft: id, smtpPort: smtp.port, step, resend: true };
    expect(await crash.sendAndKill(sending)).toBe(`at ${step}`);
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
