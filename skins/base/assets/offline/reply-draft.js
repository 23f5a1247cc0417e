import { htmlOfText, plainText } from '../elements/editor-html.js';
import { keptMessage } from './kept-message.js';

const PREFILLED = ['to', 'cc', 'bcc', 'subject'];
const MODES = { reply: 'reply', replyall: 'reply-all' };

/**
 * What a composer that was opened without the network starts with: an answer to a message that this
 * device keeps, or what its address asks for. The server makes the rest (references, the mark on the
 * original) when it gets the draft. Undefined when there is nothing to fill.
 */
export async function answerFields(query, { cache, page }) {
  for (const [name, mode] of Object.entries(MODES)) {
    const original = query.get(name);
    const kept = original && (await keptMessage(cache, original));
    if (kept) return replyFields(await readMessage(cache, kept), { original, mode, query, page });
  }
  const fields = PREFILLED.map((name) => [name, query.get(name) ?? '']).filter(([, it]) => it);
  return fields.length > 0 ? fields : undefined;
}

async function readMessage(cache, kept) {
  const html = new DOMParser().parseFromString(await kept.text(), 'text/html');
  const source = html.querySelector('[data-message-body]')?.getAttribute('src');
  const body = source && (await cache.match(source));
  return { html, text: body ? textOf(await body.text()) : '' };
}

function textOf(html) {
  const { body } = new DOMParser().parseFromString(
    html.replace(/<style[\s\S]*?<\/style>/g, ''),
    'text/html',
  );
  for (const one of body.querySelectorAll('summary, [data-link-note]')) one.remove();
  // Lines of a plain text are kept by a style, which is not here.
  for (const plain of body.querySelectorAll('.plain')) {
    const pre = body.ownerDocument.createElement('pre');
    pre.append(...plain.childNodes);
    plain.replaceWith(pre);
  }
  return plainText(body);
}

/** Addresses of a line of the message's header, as `Name <address>`. */
const peopleIn = (html, row) =>
  [...html.querySelectorAll(`[data-recipients="${row}"] .person`)].map((person) => {
    const name = person.querySelector('.person-name').textContent.trim();
    const mail = person.querySelector('.person-mail')?.textContent.trim().slice(1, -1) ?? name;
    return { mail, text: mail === name ? mail : `"${name.replaceAll(/["\\]/g, '')}" <${mail}>` };
  });

function replyFields({ html, text }, { original, mode, query, page }) {
  const own = document.querySelector('.top-user > summary')?.title.toLowerCase();
  const others = (row) => peopleIn(html, row).filter(({ mail }) => mail.toLowerCase() !== own);
  const from = others('replyTo').length > 0 ? others('replyTo') : others('from');
  const isAll = mode === 'reply-all';
  const list = (people) => people.map((one) => one.text).join(', ');
  const subject = html.querySelector('[data-message-subject]')?.textContent.trim() ?? '';
  return [
    ['to', list(isAll ? [...from, ...others('to')] : from)],
    ['cc', list(isAll ? others('cc') : [])],
    ['subject', /^re\s*:/i.test(subject) ? subject : `Re: ${subject}`],
    ...quoted(html, text, page),
    ['mode', mode],
    ['original', original],
    ['original_uidvalidity', query.get('uidvalidity') ?? ''],
  ];
}

/** The text of the empty draft, its signature, then what is answered, as lines behind `>`. */
function quoted(html, text, page) {
  const who = html.querySelector('.message-from strong')?.textContent ?? '';
  const when = html.querySelector('.message-date')?.title ?? '';
  const said = document.getElementById('offline').dataset.textWrote;
  const line = said.replace('%date', when).replace('%who', who);
  const lines = text
    .trim()
    .split('\n')
    .map((one) => (one.startsWith('>') ? `>${one}` : `> ${one}`));
  const start = page.querySelector('textarea[name="text"]').value.trimEnd();
  const rich = page.querySelector('textarea[name="html"]').value;
  const quote = `${htmlOfText(line)}<blockquote type="cite">${htmlOfText(text.trim())}</blockquote>`;
  return [
    ['text', `${start}\n\n${line}\n${lines.join('\n')}\n`],
    ['html', `${rich || '<div><br></div>'}${quote}`],
  ];
}
