import type { WebAgent } from './agent';
import { type Page, textOf } from './html';

/** Long for a page, short for a test: what has not answered by then never will. */
const ANSWER_MS = 15_000;
const WRITTEN = 'un texte que personne ne perd';

const MESSAGES = 'the inbox shows messages';
const SHOWN = 'a message is shown';
const NONE = 'there is no message to open';
const SENT = 'a message is sent';
const REFUSED = 'sending is refused:';

function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer`)), ANSWER_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const isSubject = ({
  name,
  attribs,
}: Page['all'] extends (t: (e: infer E) => boolean) => unknown ? E : never) =>
  name === 'a' && (attribs['class'] ?? '').split(' ').includes('subject');

/** What somebody sees of a page, in words that are compared. */
export type Visit = (web: WebAgent, to: string) => Promise<string>;

/** The three pages that must answer whatever a plugin does. */
export const PAGES = {
  async inbox(web) {
    const list = await inTime(web.get('/mail/me/INBOX'), 'the inbox');
    if (list.status !== 200) return `the inbox answers ${list.status}`;
    if (!list.url.startsWith('/mail/')) return 'the inbox asks for one more step';
    return list.all(isSubject).length === 0 ? 'the inbox shows no message' : MESSAGES;
  },

  async message(web) {
    const list = await inTime(web.get('/mail/me/INBOX'), 'the inbox');
    const href = list.all(isSubject)[0]?.attribs['href'];
    if (href === undefined) return NONE;
    const message = await inTime(web.get(href), 'a message');
    if (message.status !== 200) return `a message answers ${message.status}`;
    if (textOf(message.one('data-message-subject')) === '') return 'a message is empty';
    const body = message.one('data-message-body').attribs['src'] ?? '';
    const frame = await inTime(web.get(body), 'the body of a message');
    if (frame.status !== 200) return `the body of a message answers ${frame.status}`;
    return SHOWN;
  },

  /** Says yes to what is asked; what is refused is still there. */
  async send(web, to) {
    const fill = { to, subject: 'contrat', text: WRITTEN, format: 'plain' };
    const composer = await inTime(web.get('/compose'), 'the composer');
    let sent = await inTime(submitDraft(web, composer, fill), 'sending');
    const asked = sent.all(({ attribs }) => attribs['name'] === 'confirm');
    if (asked.length > 0) {
      const yes = asked.map(({ attribs }) => ['confirm', attribs['value'] ?? ''] as const);
      sent = await inTime(submitDraft(web, sent, {}, yes), 'sending once confirmed');
    }
    if (sent.status === 200) return SENT;
    return `${sent.text.includes(WRITTEN) ? REFUSED : 'what was written is lost: sending answers'} ${sent.status}`;
  },
} satisfies Readonly<Record<string, Visit>>;

async function submitDraft(
  web: WebAgent,
  page: Page,
  fill: Readonly<Record<string, string>>,
  add: readonly (readonly [string, string])[] = [],
): Promise<Page> {
  const form = page.all(
    ({ name, attribs }) => name === 'form' && /^\/compose\/[^/]+$/.test(attribs['action'] ?? ''),
  )[0];
  if (!form) throw new Error('the composer has no form');
  return web.submit(page, { form: () => form, button: 'send', fill, add });
}

export type Seen = Readonly<Record<keyof typeof PAGES, string>>;

/** Visits the three pages, one after the other. */
export async function visitAll(web: WebAgent, to: string): Promise<Seen> {
  const told = (visit: Visit): Promise<string> =>
    visit(web, to).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
  return {
    inbox: await told(PAGES.inbox),
    message: await told(PAGES.message),
    send: await told(PAGES.send),
  };
}

/** What is wrong before anything is broken; a plugin may hide every message, and refuse to send. */
export const unhealthy = ({ inbox, message, send }: Seen): string[] => [
  ...(inbox.startsWith('the inbox shows') ? [] : [inbox]),
  ...([SHOWN, NONE].includes(message) ? [] : [message]),
  ...(send === SENT || send.startsWith(REFUSED) ? [] : [send]),
];

/**
 * What somebody lost since something was broken. What fails closed may refuse: then the page says
 * so, nothing leaves, and what was written is still there.
 */
export function lossesSince(
  healthy: Seen,
  now: Seen,
  broken: { readonly point: string; readonly isClosed: boolean },
): string[] {
  const isKept = (name: keyof Seen): boolean => {
    const isRefusal =
      name === 'send' ? now.send.startsWith(REFUSED) : /answers (?:403|503)$/.test(now[name]);
    if (name === 'send' && broken.point === 'message:sending') return isRefusal;
    // A filter that is left out may leave more to see than it would show.
    const isMore = name !== 'send' && [MESSAGES, SHOWN].includes(now[name]);
    return now[name] === healthy[name] || isMore || (broken.isClosed && isRefusal);
  };
  return (Object.keys(PAGES) as (keyof Seen)[])
    .filter((name) => !isKept(name))
    .map((name) => `${now[name]} (unbroken: ${healthy[name]})`);
}
