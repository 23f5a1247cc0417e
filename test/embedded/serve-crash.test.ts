import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { type Served, serve, writeConfig } from '../kit/served';
import { startTestServers } from '../kit/servers';
import { type Side, startTap, type Tap, type Verdict, type Watch } from '../kit/tap';

const ROUNDS = 3;
const TO = 'quelqu.un@dehors.example';
/** Several reads of a file and several writes of a socket: there is a middle to be cut in. */
const TEXT = 'Le texte qui ne doit jamais se perdre.\n'.repeat(4_000);

/** A verdict the first time that a side says something. */
const on =
  (side: Side, said: RegExp, verdict: Verdict): (() => Watch) =>
  () =>
  (from, text) =>
    from === side && said.test(text) ? verdict : 'pass';

/** The same for what comes after the command that files the copy. */
const filing =
  (side: Side, said: RegExp, verdict: Verdict): (() => Watch) =>
  () => {
    let isFiling = false;
    return (from, text) => {
      if (isFiling && from === side && said.test(text)) return verdict;
      isFiling ||= from === 'client' && /APPEND "?Sent/.test(text);
      return 'pass';
    };
  };

type State = 'draft' | 'unknown' | 'sent';
/** A step of sending, the wire on which it is seen, what was delivered, and what may be told. */
const STEPS: readonly (readonly [
  name: string,
  wire: 'smtp' | 'imap',
  watch: () => Watch,
  delivered: 0 | 1,
  states: readonly State[],
])[] = [
  ['before MAIL', 'smtp', on('client', /^MAIL FROM/m, 'stop'), 0, ['draft']],
  ['before DATA', 'smtp', on('client', /^DATA\r\n/m, 'stop'), 0, ['draft']],
  ['before the answer to DATA', 'smtp', on('server', /^354/m, 'stop'), 0, ['draft']],
  ['in the text', 'smtp', on('client', /^Subject:/m, 'stop-halfway'), 0, ['draft', 'unknown']],
  ['before the final dot', 'smtp', on('client', /(?:^|\n)\.\r\n$/, 'stop'), 0, ['unknown']],
  ['before the yes', 'smtp', on('server', /^250 .*accepted/m, 'stop'), 1, ['unknown']],
  ['at the yes', 'smtp', on('server', /^250 .*accepted/m, 'pass-and-stop'), 1, ['unknown', 'sent']],
  ['before APPEND', 'imap', on('client', /APPEND "?Sent/, 'stop'), 1, ['sent']],
  ['in APPEND', 'imap', filing('client', /./s, 'stop-halfway'), 1, ['sent']],
  ['before the answer to APPEND', 'imap', filing('server', /APPENDUID/, 'stop'), 1, ['sent']],
  ['after APPEND', 'imap', filing('server', /APPENDUID/, 'pass-and-stop'), 1, ['sent']],
];

let dir = '';
let env: NodeJS.ProcessEnv;
let stack: DemoStack;
let taps: { readonly smtp: Tap; readonly imap: Tap };
let served: Served;
let web: WebAgent;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'serve-crash-'));
  stack = await startTestServers();
  taps = { smtp: await startTap(stack.smtp), imap: await startTap(stack.imap) };
  env = writeConfig(dir, { ldap: stack.ldap, ...taps });
  served = await serve(env);
  web = new WebAgent(served.url);
  await web.signIn(agent().username, agent().password);
}, 60_000);
afterAll(async () => {
  await served?.kill();
  await taps?.smtp.close();
  await taps?.imap.close();
  await stack?.close();
  rmSync(dir, { recursive: true, force: true });
});

function agent() {
  const [first] = stack.agents;
  if (!first) throw new Error('no agents');
  return first;
}
const inBox = (mailbox: string): number => stack.imap.mailbox(agent().username, mailbox).length;
const formOf = (page: Page) => page.one('id', 'compose-form');

/** Writes a message and saves it; its page. */
async function written(subject: string): Promise<Page> {
  const page = await web.get('/compose');
  const fill = { to: TO, subject, text: TEXT, format: 'plain' };
  return web.submit(page, { form: formOf, button: 'save', fill });
}

/** Clicks "send" on a page; what comes of it is not awaited for. */
const clickSend = (page: Page): Promise<Page> => web.submit(page, { form: formOf, button: 'send' });

/** Sends, kills the program at the step, starts it again. */
async function killedAt(page: Page, wire: 'smtp' | 'imap', watch: Watch): Promise<void> {
  const { gone, kill } = served;
  taps[wire].arm(watch, () => void kill());
  const answer = clickSend(page).then(
    ({ status }) => `answered ${status}`,
    () => 'cut',
  );
  const first = await Promise.race([gone.then(() => 'gone'), answer]);
  // A process killed at the very end may have answered already; at any other step it has not.
  if (first.startsWith('answered')) await Promise.race([gone, never(first)]);
  await answer;
  served = await serve(env);
  web = web.at(served.url);
}

const never = (said: string): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`the step was never reached: ${said}`)), 5_000);
  });

/** What the person is told of the message: its own page, or that it is not there any more. */
async function told(href: string): Promise<{ state: State; page: Page }> {
  const page = await web.get(href);
  if (page.status === 404) return { state: 'sent', page };
  expect(page.status).toBe(200);
  expect(textOf(page.one('name', 'text'))).toBe(TEXT.replace(/\s+/g, ' ').trim());
  return { state: page.find('data-action', 'resend') ? 'unknown' : 'draft', page };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(STEPS)('the whole program, killed %s', (name, wire, watch, delivered, states) => {
  it(`has delivered ${delivered} and says ${states.join(' or ')}, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [before, copies] = [stack.smtp.transactions.length, inBox('Sent')];
      const sent = (): number => stack.smtp.transactions.length - before;
      const page = await written(`Sous la hache, ${name}, ${round}`);
      expect(inBox('Drafts')).toBe(1);
      const href = page.url.split('?')[0] ?? '';

      await killedAt(page, wire, watch());

      const found = await told(href);
      expect({ delivered: sent(), state: found.state }).toEqual({
        delivered,
        state: expect.stringMatching(states.join('|')),
      });
      if (found.state === 'unknown') {
        // Not sent again by a click on "send"; only by the person's word, which is not given.
        expect((await clickSend(found.page)).find('data-action', 'resend')).toBeDefined();
        expect({ sent: sent(), copies: inBox('Sent') - copies }).toEqual({
          sent: delivered,
          copies: 0,
        });
        await web.submit(found.page, { form: formOf, button: 'discard' });
      } else {
        // A page left open in a tab sends once more, or is told that it has left.
        expect((await clickSend(found.state === 'draft' ? found.page : page)).url).toMatch(/INBOX/);
        await until(() => inBox('Sent') > copies && inBox('Drafts') === 0);
        expect({ sent: sent(), copies: inBox('Sent') - copies }).toEqual({ sent: 1, copies: 1 });
      }
      expect(inBox('Drafts')).toBe(0);
    }
  }, 120_000);
});
