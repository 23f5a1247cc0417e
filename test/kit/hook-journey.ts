import { delay } from '../../src/base/async';
import type { DemoApp } from '../../src/demo';
import { type Actor, createActor } from '../../src/session';
import { WebAgent } from './agent';
import type { Page } from './html';
import type { MovingClock } from './moving-clock';
import { RECORDER } from './recording-plugin';

const MINUTE_MS = 60_000;
const GUESSES = 6;

export interface WalkOptions {
  /** Whose person; the site is the one of 127.0.0.1. */
  readonly site?: 'saisons' | 'marees';
  /** Signs the person in another way than by their password; the page that they come to. */
  readonly enter?: (web: WebAgent) => Promise<Page>;
}

/**
 * One person does all that the product lets them do, so that every hook and slot of the core has its
 * occasion. Answers are looked at by who calls: with a plugin that misbehaves some are refusals.
 */
export async function walk(
  demo: DemoApp,
  clock: MovingClock,
  { site = 'saisons', enter }: WalkOptions = {},
): Promise<void> {
  const agent = demo.stack.agents.find((one) => one.site === site);
  if (!agent) throw new Error('the demonstration has no agents');
  const base = `http://127.0.0.1:${demo.port}`;
  const stranger = new WebAgent(base);
  for (let guess = 0; guess < GUESSES; guess += 1) await stranger.signIn('nobody.here', 'wrong');

  const web = new WebAgent(base);
  const home = await (enter?.(web) ?? web.signIn(agent.username, agent.password));
  const again = new WebAgent(base);
  const front = await again.signIn(agent.username, agent.password);
  const own = front.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
  await again.post(
    '/confirm',
    [
      ['_csrf', own],
      ['password', agent.password],
    ],
    { Origin: base },
  );
  const second = new WebAgent(base);
  const page = await second.get('/login', { 'User-Agent': 'Another browser' });
  const token = page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
  await second.post(
    '/login',
    [
      ['_csrf', token],
      ['username', agent.username],
      ['password', agent.password],
    ],
    { 'User-Agent': 'Another browser', Origin: base },
  );
  clock.forward(2 * MINUTE_MS);

  const csrf = home.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
  const post = (path: string, ...fields: readonly (readonly [string, string])[]) =>
    web.post(path, [['_csrf', csrf], ...fields], { Origin: base });

  await web.get('/home');
  await web.get(`/${RECORDER}/use`);
  await web.get(`/${RECORDER}/fail`);
  await web.get('/nowhere');
  const list = await web.get('/mail/me/INBOX');
  await web.get('/mail/me/INBOX?q=r%C3%A9union');
  const hrefs = list
    .all((e) => e.name === 'a' && (e.attribs['class'] ?? '').split(' ').includes('subject'))
    .map((e) => e.attribs['href'] ?? '');
  let opened = '';
  for (const href of hrefs.slice(0, 25)) {
    const message = await web.get(href);
    opened = href;
    const body = message.all((e) => 'data-message-body' in e.attribs)[0]?.attribs['src'];
    if (body) await web.get(body);
    const file = message.all((e) => 'data-attachment' in e.attribs)[0]?.attribs['href'];
    if (!file) continue;
    await web.get(file);
    await web.get(`${file}/preview`);
    break;
  }
  const message = opened.split('?')[0] ?? '';
  const uid = message.split('/').at(-1) ?? '';
  await post(`${message}/trust`, ['back', '/mail/me/INBOX']);
  const validity = list.all((e) => 'data-uidvalidity' in e.attribs)[0]?.attribs['data-uidvalidity'];
  const at = [
    ['uid', uid],
    ['uidvalidity', validity ?? ''],
    ['back', '/mail/me/INBOX'],
  ] as const;
  await post('/mail/me/INBOX/actions/flag?flag=flagged&on=1', ...at);

  const watched = await watchInbox(demo, web);
  await compose(web, { demo, csrf, post, to: agent.mail, original: `INBOX/${uid}` });
  await watched();
  await web.get('/autocomplete?q=ca');
  await web.get('/autocomplete/members?list=annuaire:x');
  await web.get('/settings/display');
  await web.get('/security');
  await post('/settings/display', ['theme', 'dark'], ['density', 'compact']);
  await web.get('/health');
  await post('/help/hacked', ['op', 'secure']);

  await asActor(demo, web);
  await post('/logout');
  await demo.app.hooks.idle();
}

interface Composing {
  readonly csrf: string;
  readonly demo: DemoApp;
  readonly post: (
    path: string,
    ...fields: readonly (readonly [string, string])[]
  ) => Promise<unknown>;
  readonly to: string;
  readonly original: string;
}

async function compose(
  web: WebAgent,
  { demo, csrf, post, to, original }: Composing,
): Promise<void> {
  const idOf = async (path: string): Promise<string> => {
    const page = await web.get(path);
    const form = page.all((e) => e.attribs['id'] === 'compose-form')[0];
    return form?.attribs['action'] ?? '/compose/none';
  };
  await idOf(`/compose?reply=${encodeURIComponent(original)}`);
  const draft = await idOf('/compose');
  const fields = [
    ['to', to],
    ['subject', 'Des nouvelles'],
    ['text', 'Bonjour'],
    ['format', 'plain'],
  ] as const;
  await post(draft, ...fields, ['mode', 'new']);
  await web.get(draft);
  await post(`${draft}/template`, ...fields, ['template', `${RECORDER}:greeting`]);
  await post(`${draft}/import`, ['uri', 'space:/note.txt']);
  const upload = new FormData();
  upload.set('_csrf', csrf);
  upload.set('file', new Blob(['une note'], { type: 'text/plain' }), 'note.txt');
  const origin = { Origin: web.base };
  await web.raw(`${draft}/attachments`, { method: 'POST', body: upload, headers: origin });
  const shown = await web.get(draft);
  const remove = shown.all((e) => e.attribs['data-action'] === 'detach')[0];
  if (remove) await post(remove.attribs['formaction'] ?? '');
  await post(`${draft}/send`, ...fields);
  const refused = await idOf('/compose');
  demo.stack.smtp.faults.reject(to, 550);
  await post(`${refused}/send`, ...fields);
  demo.stack.smtp.faults.clear();
}

const NEWS_MS = 10_000;

/** Watches the inbox as an open page does; the answer waits for the news of a message, and stops. */
async function watchInbox(demo: DemoApp, web: WebAgent): Promise<() => Promise<void>> {
  const actor = await actorOf(demo, web);
  if (!actor) return async () => undefined;
  const { app } = demo;
  const stop = app.mail.watch(actor, 'INBOX', () => undefined);
  const isTold = (): boolean =>
    app.hooks.handlers(actor.site.id, 'mail:arrived').some(({ calls }) => calls > 0);
  return async () => {
    const until = Date.now() + NEWS_MS;
    while (!isTold() && Date.now() < until) await delay(50);
    stop();
  };
}

async function actorOf(demo: DemoApp, web: WebAgent): Promise<Actor | undefined> {
  for (const site of demo.app.sites) {
    const cookie = web.cookie('estafette');
    const loaded = await demo.app.sessions.load(cookie, site, { touch: false });
    if (loaded?.session.state !== 'open') continue;
    return createActor(loaded, site, { requestId: 'WALK-0000-00', locale: 'fr' });
  }
  return undefined;
}

/** What no page offers yet, through the doors that pages will use. */
async function asActor(demo: DemoApp, web: WebAgent): Promise<void> {
  const actor = await actorOf(demo, web);
  if (!actor) return;
  const { affairs, mail } = demo.app;
  const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
  await quietly(mail.createMailbox(actor, 'Essai'));
  await quietly(mail.deleteMailbox(actor, 'Essai'));
  await quietly(affairs.find(actor.site.id, 'nobody.here'));
  await quietly(affairs.records(actor.user));
}
