import type { WebAgent } from './agent';
import { type Page, textOf } from './html';

/** Long for a page, short for a test: what has not answered by then never will. */
const ANSWER_MS = 15_000;

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

/** The three pages that must answer whatever a plugin does; each throws when it does not. */
export const PAGES: Readonly<
  Record<string, (web: WebAgent, to: string, isRefused: boolean) => Promise<void>>
> = {
  async inbox(web) {
    const list = await inTime(web.get('/mail/me/INBOX'), 'the inbox');
    if (list.status !== 200) throw new Error(`the inbox answers ${list.status}`);
    if (list.all(isSubject).length === 0) throw new Error('the inbox shows no message');
  },

  async message(web) {
    const list = await inTime(web.get('/mail/me/INBOX'), 'the inbox');
    const href = list.all(isSubject)[0]?.attribs['href'] ?? '';
    const message = await inTime(web.get(href), 'a message');
    if (message.status !== 200) throw new Error(`a message answers ${message.status}`);
    if (textOf(message.one('data-message-subject')) === '') throw new Error('a message is empty');
    const body = message.one('data-message-body').attribs['src'] ?? '';
    const frame = await inTime(web.get(body), 'the body of a message');
    if (frame.status !== 200) throw new Error(`the body of a message answers ${frame.status}`);
  },

  /** A guard that fails refuses: then nothing leaves, and what was written is still there. */
  async send(web, to, isRefused) {
    const text = 'un texte que personne ne perd';
    const form = await inTime(web.get('/compose'), 'the composer');
    const sent = await inTime(
      web.submit(form, {
        form: (shown) => {
          const found = shown.all(
            ({ name, attribs }) =>
              name === 'form' && /^\/compose\/[^/]+$/.test(attribs['action'] ?? ''),
          )[0];
          if (!found) throw new Error('the composer has no form');
          return found;
        },
        button: 'send',
        fill: { to, subject: 'contrat', text, format: 'plain' },
      }),
      'sending',
    );
    if (!isRefused && sent.status !== 200) throw new Error(`sending answers ${sent.status}`);
    if (isRefused && sent.status < 400) throw new Error(`sending is not refused: ${sent.status}`);
    if (isRefused && !sent.text.includes(text)) throw new Error('what was written is lost');
  },
};
