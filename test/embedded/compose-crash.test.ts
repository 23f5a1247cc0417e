import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type CrashProcess, crashProcess } from '../kit/crash-process';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

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

let crash: CrashProcess;
let stand: Stand;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  crash = crashProcess('compose-crash-');
  smtp = await startScriptedSmtp({ extensions: ['PIPELINING'] });
  stand = await aComposeStand({ dir: crash.dir });
});
afterAll(async () => {
  await stand.close();
  await smtp.close();
  crash.close();
});

describe.each(STEPS)('killed at %s', (step, delivered, state) => {
  it(`delivers ${delivered} and says ${state}, ${ROUNDS} times`, async () => {
    const actor = aWriter({ smtpPort: smtp.port });
    for (let round = 0; round < ROUNDS; round++) {
      const id = `${step.replaceAll('-', '_')}_${round}`.padEnd(22, 'x');
      await stand.compose.ensure(actor, id, { mode: 'new' });
      await stand.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: true });
      const sentBefore = smtp.delivered.length;
      const copiesBefore = stand.mail.all('Sent').length;

      const said = await crash.sendAndKill({ draft: id, smtpPort: smtp.port, step });
      expect(said).toBe(`at ${step}`);
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
