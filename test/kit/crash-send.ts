// Run as a process of its own: sends one draft by the real path, or again when its outcome is
// unknown, and stops for ever at one step, to be killed there.
// `node crash-send.js <dir> <smtp port> <draft id> <step> [resend]`, or `<key> <step> keyed` as a plugin.
import { silentLog } from '../../src/base/log';
import { createSmtpTransport, type SmtpTransport } from '../../src/smtp';
import { aComposeStand, aWriter } from './compose-stand';
import { sendKeyed } from './keyed-send';

const [dir = '', port = '', draft = '', step = '', verb = 'send'] = process.argv.slice(2);

/** Says where it is and never comes back. */
const stopAt = async (reached: string): Promise<void> => {
  if (reached !== step) return;
  process.stdout.write(`at ${reached}\n`);
  // A pending promise alone does not keep a process alive.
  setInterval(() => undefined, 60_000);
  await new Promise(() => undefined);
};

const real = createSmtpTransport({ log: silentLog() });
const transport: SmtpTransport = {
  async send(request) {
    await stopAt('built');
    const receipt = await real.send({
      ...request,
      beforeLast: async () => {
        await stopAt('data');
        await request.beforeLast?.();
        await stopAt('data-committed');
      },
    });
    await stopAt('answered');
    return receipt;
  },
};

async function main(): Promise<void> {
  const stand = await aComposeStand({ dir, transport, awayPort: Number(port) });
  stand.hooks.on('crash', 'message:sending', () => stopAt('claimed').then(() => undefined));
  stand.mail.onAppend = (when) => stopAt(when === 'before' ? 'settled' : 'filed');
  const actor = aWriter({ smtpPort: Number(port) });
  if (verb === 'due') {
    await stand.compose.sendDue();
    await stand.close();
    return;
  }
  const outcome =
    verb === 'keyed'
      ? (await sendKeyed(stand.compose, actor, draft, (reached) => stopAt(reached))).outcome
      : verb === 'resend'
        ? await stand.compose.resend(actor, draft)
        : await stand.compose.send(actor, draft, { confirmed: [] });
  process.stdout.write(`done ${outcome.kind}\n`);
  await stand.close();
}

void main();
