import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type CrashProcess, crashProcess } from '../kit/crash-process';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

// A message that was put off, and a process that is killed while it sends it.
const STEPS = [
  ['built', 0, 'waiting'],
  ['data', 0, 'waiting'],
  ['data-committed', 0, 'unknown'],
  ['answered', 1, 'unknown'],
  ['settled', 1, 'sent'],
  ['filed', 1, 'sent'],
] as const;

const FIELDS = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'À l’heure dite',
  format: 'plain' as const,
  text: 'Partira une fois.',
  html: '',
};

let crash: CrashProcess;
let stand: Stand;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  crash = crashProcess('later-crash-');
  smtp = await startScriptedSmtp({ extensions: ['PIPELINING'] });
  stand = await aComposeStand({ dir: crash.dir, awayPort: smtp.port });
});
afterAll(async () => {
  await stand.close();
  await smtp.close();
  crash.close();
});

it.each(STEPS)(
  'killed at %s: delivered %i times by then, and %s',
  async (step, delivered, state) => {
    const actor = aWriter({ smtpPort: smtp.port });
    const id = `due_${step.replaceAll('-', '_')}`.padEnd(22, 'x');
    await stand.compose.ensure(actor, id, { mode: 'new' });
    await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: false });
    // Due at once, but for the other process: a time that has passed wakes nobody here.
    await stand.compose.send(actor, id, { confirmed: [], at: Date.now() + 3_600_000 });
    await stand.db
      .knex('outbox')
      .where({ draft_id: id })
      .update({ send_at: Date.now() - 1 });
    const before = smtp.delivered.length;

    expect(await crash.sendAndKill({ draft: id, smtpPort: smtp.port, step, due: true })).toBe(
      `at ${step}`,
    );
    await stand.compose.recover();
    expect(smtp.delivered.length - before).toBe(delivered);
    const found = (await stand.compose.putOff(actor)).find(({ draft }) => draft === id);
    expect(found?.state).toBe(state === 'sent' ? undefined : state);

    await stand.compose.sendDue();
    await stand.compose.retrySentCopies(actor);
    await stand.compose.sendDue();

    const total = smtp.delivered.length - before;
    // What may have left is never sent again by itself.
    expect(total).toBe(state === 'unknown' ? delivered : 1);
    if (state === 'unknown') await stand.compose.discard(actor, id);
  },
  60_000,
);
