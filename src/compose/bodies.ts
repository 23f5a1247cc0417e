import { escapeHtml } from '../base/html';
import type { Translate } from '../kernel/i18n-types';
import type { MessageView } from '../mail/types';
import { quoteHtml, quoteText } from '../mime';
import type { Actor } from '../session/types';
import type { ComposeBody } from './hooks';
import { addressField } from './recipients';

/** What an original's body is quoted from. */
export interface Quotable {
  readonly text: string;
  readonly html: string | undefined;
}

/** Plain, and with formatting where there is one. */
export interface Signature {
  readonly signature: string;
  readonly signatureHtml?: string;
}

interface Writing extends Signature {
  readonly quotePosition: 'top' | 'bottom';
}

const EMPTY_LINE = '<div><br /></div>';

const htmlOf = (text: string): string => escapeHtml(text).replace(/\r\n|\r|\n/g, '<br />');

/** A blank message with its signature, and the text of a link that opened it. */
export function newBody(text: string, signature: Signature): ComposeBody {
  const start = text === '' ? EMPTY_LINE : `<div>${htmlOf(text)}</div>`;
  return {
    text: `${text}${signatureText(signature)}`,
    html: `${start}${signatureHtml(signature)}`,
  };
}

// The line `-- ` is what other clients cut at when they quote (RFC 3676 4.3).
export const signatureText = ({ signature }: Signature): string =>
  signature.trim() === '' ? '' : `\n\n-- \n${signature.trimEnd()}`;

export const signatureHtml = ({ signature, signatureHtml: rich = '' }: Signature): string => {
  if (rich !== '') return `${EMPTY_LINE}<div>-- <br />${rich}</div>`;
  if (signature.trim() === '') return '';
  return `${EMPTY_LINE}<div>-- <br />${htmlOf(signature.trimEnd())}</div>`;
};

/** The quoted original with room for the answer and the signature, on the side the agent prefers. */
export function replyBody(original: Quotable, attribution: string, writing: Writing): ComposeBody {
  const quoted = {
    text: quoteText(original.text, { attribution }),
    html: quoteHtml(original.html ?? htmlOf(original.text), { attribution }),
  };
  const signature = {
    text: signatureText(writing),
    html: signatureHtml(writing),
  };
  return writing.quotePosition === 'top'
    ? {
        text: `${quoted.text}\n\n${signature.text}`,
        html: `${quoted.html}${EMPTY_LINE}${signature.html}`,
      }
    : {
        text: `${signature.text}\n\n${quoted.text}`,
        html: `${EMPTY_LINE}${signature.html}${EMPTY_LINE}${quoted.html}`,
      };
}

/** The original as it was, under the lines that say what it was. */
export function forwardBody(
  original: Quotable,
  lines: readonly { readonly label: string; readonly value: string }[],
  heading: string,
  signature: Signature,
): ComposeBody {
  const start = newBody('', signature);
  const headText = lines.map(({ label, value }) => `${label} ${value}`).join('\n');
  const headHtml = lines
    .map(({ label, value }) => `<b>${escapeHtml(label)}</b> ${escapeHtml(value)}<br />`)
    .join('');
  return {
    text: `${start.text}\n\n${heading}\n${headText}\n\n${original.text}`,
    html:
      `${start.html ?? ''}${EMPTY_LINE}<div>${escapeHtml(heading)}<br />${headHtml}</div>` +
      `${EMPTY_LINE}<div>${original.html ?? htmlOf(original.text)}</div>`,
  };
}

/** "On … X wrote:", dated in the ministry's time zone. */
export function attributionOf(view: MessageView, actor: Actor, text: Translate): string {
  const [from] = view.from;
  const name = from?.name || from?.mail || '';
  return text('compose.quote.attribution', { date: longDate(view.date, actor), name });
}

/** What a forwarded message says of itself; empty lines are left out. */
export function forwardLines(view: MessageView, actor: Actor, text: Translate) {
  const lines = [
    { label: text('compose.forward.subject'), value: view.subject },
    { label: text('compose.forward.date'), value: longDate(view.date, actor) },
    { label: text('compose.forward.from'), value: addressField(view.from) },
    { label: text('compose.forward.to'), value: addressField(view.to) },
    { label: text('compose.forward.cc'), value: addressField(view.cc) },
  ];
  return lines.filter(({ value }) => value !== '');
}

function longDate(date: string, actor: Actor): string {
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) return '';
  const style = { dateStyle: 'full', timeStyle: 'short', timeZone: actor.site.timeZone } as const;
  return new Intl.DateTimeFormat(actor.locale, style).format(at);
}
