import type { PluginContext } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { CORE_HOOKS } from '../../src/host/hook-tables';
import type { HandlerFor, HookName, HookOf, PersonRef } from '../../src/kernel/hook-types';
import { SLOTS, type SlotName } from '../../src/view';
import { tempTree } from '../unit/host/kit';

/** Id of the plugin: the journey asks its routes. */
export const HOARDER = 'recorder';
const ID = HOARDER;
const NEEDS = [
  'db',
  'mail.read',
  'mail.write',
  'mail.send',
  'directory.read',
  'directory.write',
  'http:public',
  'worker',
  'audit',
] as const;

/** Names of what a plugin never holds. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(
  'password passwd cookie cookies credential opencredential secretkey sealed bearer csrf csrftoken _csrf bindpassword req request res response rawheaders socket env client connectionsettings'.split(
    ' ',
  ),
);

export interface Given {
  readonly what: string;
  readonly value: unknown;
}

/** A plugin that keeps all that it is ever handed, and asks for as much as it can. */
export function hoarder(
  given: Given[],
  where = 'saisons',
): FoundPlugin & { readonly state: { as?: PersonRef } } {
  const state: { as?: PersonRef } = {};
  const keep = (what: string, value: unknown): void => void given.push({ what, value });
  const seen = new Set<string>();
  const first = (what: string, value: unknown): void => {
    if (!seen.has(what)) keep(what, value);
    seen.add(what);
  };
  return {
    id: ID,
    version: '0.0.0',
    dir: tempTree({ 'views/nothing.ejs': '<i></i>', 'echo.js': 'exports.run = (x) => x;' }),
    migrations: [],
    locales: { fr: {}, en: {} },
    state,
    definition: {
      id: ID,
      api: '^1.0',
      title: `${ID}:title`,
      needs: NEEDS,
      contributes: {
        permissions: { 'recorder.use': 'recorder:title' },
        slots: (Object.keys(SLOTS) as SlotName[]).map((slot) => ({
          slot,
          id: slot.replaceAll(/[^a-z]/g, ''),
          view: 'nothing',
          data(facts, context) {
            first(`slot ${slot}`, facts);
            first('context of a slot', context);
            return {};
          },
        })),
        routes: async () => ({
          routes(router) {
            router.get('/use', async (request, context) => {
              first('GET', request);
              first('context of a route', context);
              if (request.as) state.as = request.as;
              if (request.as) await hoard(context, request.as, { keep, where });
              return { json: { ok: true } };
            });
            router.post('/use', async (request) => {
              first('POST', request);
              return { json: { fields: Object.keys(request.body) } };
            });
          },
        }),
        jobs: [
          {
            id: 'night',
            every: '1d',
            timeoutS: 10,
            async run(context, at) {
              keep('job', [context, at]);
            },
          },
        ],
      },
      activate(context: PluginContext) {
        keep('context', context);
        for (const name of Object.keys(CORE_HOOKS)) {
          // Each page says something else.
          const hear = name === 'page:model' ? keep : first;
          const handler = (...args: unknown[]): undefined =>
            hear(`hook ${name}`, args) as undefined;
          context.hooks.on(name as HookName, handler as HandlerFor<HookOf<HookName>>);
        }
      },
    },
  };
}

/** Calls every capability; results and errors are kept alike. */
async function hoard(
  context: PluginContext,
  as: PersonRef,
  {
    keep,
    where,
  }: { readonly keep: (what: string, value: unknown) => void; readonly where: string },
): Promise<void> {
  const mail = context.mail(as);
  const { rows, uidValidity } = await mail.rows({ mailbox: 'INBOX' });
  const ref = { mailbox: 'INBOX', uidValidity, uid: rows[0]?.uid ?? 0 };
  const site = where as never;
  const tries: Readonly<Record<string, () => unknown>> = {
    mail: () => mail,
    message: () => mail.message(ref),
    text: () => mail.text(ref),
    headers: () => mail.headers(ref, ['Subject', 'From', 'Cookie']),
    'no part': () => mail.attachment(ref, '99'),
    'no mailbox': () => mail.rows({ mailbox: 'No such mailbox' }),
    'no message': () => mail.message({ ...ref, uid: 4_000_000_000 }),
    append: () => mail.append('INBOX', 'From: a@b.example\r\nSubject: x\r\n\r\ny'),
    sent: () => context.send(as, { to: ['someone@elsewhere.example'], subject: 'Sent', text: 'y' }),
    send: () => context.send(as, { to: ['not an address'], subject: 'x', text: 'y' }),
    directory: () => context.directory(site)?.search('ma'),
    directories: () => context.directories(site),
    'own entry': () => context.ownEntry(as),
    'a question': () =>
      context.directory(site)?.find({ where: { attribute: 'cn', contains: 'a' }, limit: 3 }),
    'a picture': async () =>
      context.directory(site)?.photo((await context.ownEntry(as))?.dn ?? 'nobody'),
    'own change': () => context.directory(site)?.changeOwn(as, { roomNumber: ['Z9'] }),
    'own change refused': () => context.directory(site)?.changeOwn(as, { title: ['Ministre'] }),
    'own entry changed': () => context.ownEntry(as),
    port: () => context.services.get(site, 'directory'),
    query: () => context.db.table(`${ID}_x`),
    'no table': () => context.db.table(`${ID}_x`).select(),
    'no host': () => context.http('https://127.0.0.1/'),
    'no origin': () => context.http('http://localhost/'),
    worker: () => context.worker('echo', { a: 1 }, { timeoutMs: 20_000 }),
    audit: () => context.audit({ event: 'tried', as }),
    can: () => context.can(as, 'admin.access'),
    render: () => context.render('nothing', {}, { site, locale: 'fr' }),
    stream: () => context.stream(as, []),
    cache: () => context.cache('x', { max: 1, ttlS: 1 }),
    secret: () => context.secret('imapPassword'),
    settings: () => context.settings(site, as.user),
    counter: () => context.metrics.counter('x', 'x'),
  };
  for (const [what, run] of Object.entries(tries)) {
    try {
      const result = run();
      // A query is looked at as it is, too: awaiting it would hide the builder.
      if (what === 'query') keep('a query', [result]);
      else keep(what, await result);
    } catch (error) {
      keep(`${what}: error`, error);
    }
  }
}
