import { signInTo, startTestDemo } from '../kit/signed-in-demo';
import { until } from '../kit/until';

/** Who asked for the stop kills after this time (threats K2). */
const KILLED_MS = 10_000;

describe('a stop', () => {
  it('ends in time while the mail server keeps a page waiting', async () => {
    const app = { log: { level: 'silent' } };
    const demo = await startTestDemo({ app });
    if (!('faults' in demo.stack.imap)) throw new Error('needs the server in memory');
    const { imap } = demo.stack;
    const { web } = await signInTo(demo);
    const asked = imap.stats().recent.length;
    imap.faults.slowMs(30_000);
    const page = web.get('/mail/me/INBOX').catch(() => 'cut');
    await until('the page is under way', () => imap.stats().recent.length > asked);

    const started = performance.now();
    await demo.app.stop();
    const took = performance.now() - started;
    imap.faults.clear();
    await page;
    await demo.stop();

    expect(took).toBeLessThan(KILLED_MS);
  }, 60_000);
});
