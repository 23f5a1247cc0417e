import { aComposeStand, aWriter, type Stand } from '../kit/compose-stand';
import { type CrashProcess, crashProcess } from '../kit/crash-process';
import { sendKeyed } from '../kit/keyed-send';
import { type ScriptedSmtp, startScriptedSmtp } from '../kit/scripted-smtp';

/** Where the process of a plugin's sending is killed, and what the same key answers then. */
const STEPS = [
  ['made', 'sent'],
  ['saved', 'sent'],
  ['attached', 'sent'],
  ['claimed', 'sent'],
  ['built', 'sent'],
  ['data', 'sent'],
  ['data-committed', 'unknown'],
  ['answered', 'unknown'],
  ['settled', 'repeated'],
  ['filed', 'repeated'],
] as const;

let crash: CrashProcess;
let stand: Stand;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  crash = crashProcess('keyed-send-crash-');
  smtp = await startScriptedSmtp({ extensions: ['PIPELINING'] });
  stand = await aComposeStand({ dir: crash.dir });
});
afterAll(async () => {
  await stand.close();
  await smtp.close();
  crash.close();
});

describe.each(STEPS)('a sending with a key, killed at %s', (step, expected) => {
  it(`is ${expected} when the plugin comes again, and never leaves twice`, async () => {
    const actor = aWriter({ smtpPort: smtp.port });
    const before = smtp.delivered.length;
    const key = `reunion-1 ${step}`;

    const said = await crash.sendAndKill({ draft: key, smtpPort: smtp.port, step, keyed: true });
    expect(said).toBe(`at ${step}`);
    await stand.compose.recover();
    const { outcome } = await sendKeyed(stand.compose, actor, key);
    const again = await sendKeyed(stand.compose, actor, key);

    const left = smtp.delivered.slice(before);
    if (expected === 'unknown') {
      expect([outcome.kind, again.outcome.kind]).toEqual(['unknown', 'unknown']);
      expect(left).toHaveLength(step === 'answered' ? 1 : 0);
    } else {
      expect(outcome).toMatchObject({ kind: 'sent', repeated: expected === 'repeated' });
      expect(again.outcome).toMatchObject({ kind: 'sent', repeated: true });
      expect(left).toHaveLength(1);
      expect(left[0]?.raw.match(/filename=ordre\.txt/g)).toHaveLength(1);
      expect(left[0]?.raw).toContain('text/calendar; charset=utf-8; method=REQUEST');
    }
  }, 60_000);
});
