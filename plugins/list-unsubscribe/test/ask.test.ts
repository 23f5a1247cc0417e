import type {
  PersonRef,
  PluginContext,
  PluginHttpOptions,
  PluginSendResult,
} from 'estafette/plugin';
import { askToLeave } from '../ask';

const AS: PersonRef = { user: 1, session: 's' };
const WAY = { kind: 'one-click', url: 'https://liste.example/q', to: 'liste.example' } as const;
const MAIL = { kind: 'mail', to: 'q@liste.example', subject: 'unsubscribe', text: '' } as const;

interface World {
  readonly answers?: number | Error;
  readonly sends?: string;
}

function world({ answers = 200, sends = 'sent' }: World) {
  const asked: { url: string; options: PluginHttpOptions | undefined }[] = [];
  const sent: unknown[] = [];
  const context = {
    log: { warn() {} },
    async http(url: string, options?: PluginHttpOptions) {
      asked.push({ url, options });
      if (answers instanceof Error) throw answers;
      return { status: answers, contentType: '', body: Buffer.alloc(0) };
    },
    async send(as: PersonRef, message: unknown) {
      sent.push([as, message]);
      return { outcome: { kind: sends } } as PluginSendResult;
    },
  } as unknown as PluginContext;
  return { context, asked, sent };
}
const failure = (code: string, details?: object): Error =>
  Object.assign(new Error(code), { code, details });

it('asks by one POST, which names nobody', async () => {
  const { context, asked, sent } = world({});

  expect(await askToLeave(context, AS, WAY)).toBe('accepted');
  expect(asked).toMatchObject([
    {
      url: WAY.url,
      options: {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      },
    },
  ]);
  expect(sent).toEqual([]);
});

it.each([
  [{ answers: 204 }, 'accepted'],
  [{ answers: 404 }, 'refused'],
  [{ answers: 500 }, 'refused'],
  [{ answers: failure('fetch/refused') }, 'unreachable'],
  [{ answers: failure('fetch/failed', { isConnected: false }) }, 'unreachable'],
  [{ answers: failure('fetch/failed', { isConnected: true }) }, 'unknown'],
  [{ answers: failure('fetch/failed') }, 'unknown'],
  [{ answers: new Error('surprise') }, 'unknown'],
])('says of the server %j: %s', async (given, outcome) => {
  expect(await askToLeave(world(given).context, AS, WAY)).toBe(outcome);
});

it('asks by a message of the person', async () => {
  const { context, asked, sent } = world({});

  expect(await askToLeave(context, AS, MAIL)).toBe('sent');
  expect(sent).toEqual([[AS, { to: ['q@liste.example'], subject: 'unsubscribe', text: '' }]]);
  expect(asked).toEqual([]);
});

it.each([
  ['partial', 'sent'],
  ['queued', 'waiting'],
  ['confirm', 'waiting'],
  ['denied', 'refused'],
  ['rejected', 'refused'],
  ['invalid', 'refused'],
  ['deferred', 'unreachable'],
  ['unknown', 'unknown'],
])('says of a message that is %s: %s', async (sends, outcome) => {
  expect(await askToLeave(world({ sends }).context, AS, MAIL)).toBe(outcome);
});
