import { sampleFile } from './files';
import type { Charset, Entity, TextOptions } from './mime';
import { fileEntity, multipart, textEntity } from './mime';
import type { Random } from './random';

const MONTH_NAMES = new Intl.DateTimeFormat('fr-FR', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Paris',
});

/** `Le 3 novembre 2026 à 09:15, Odile Tramontane a écrit :` then the quoted text. */
export const quote = (date: Date, name: string, text: string): string =>
  `Le ${MONTH_NAMES.format(date)}, ${name} a écrit :\n${text
    .split('\n')
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
    .join('\n')}`;

/** Old western charsets lack the typographic apostrophe, dashes and ligatures. */
const asTyped = (text: string): string =>
  text.replace(/[’‘]/g, "'").replace(/[–—]/g, '-').replace(/…/g, '...').replace(/œ/g, 'oe');

const STYLES: readonly TextOptions[] = [
  { charset: 'utf-8', encoding: 'quoted-printable' },
  { charset: 'utf-8', encoding: '8bit', flowed: true },
  { charset: 'utf-8', encoding: 'base64' },
  { charset: 'windows-1252', encoding: 'quoted-printable' },
  { charset: 'iso-8859-1', encoding: 'quoted-printable' },
  { charset: 'iso-8859-15', encoding: '8bit' },
];

export const isLatin = (charset: Charset | undefined): boolean =>
  charset === 'iso-8859-1' || charset === 'iso-8859-15';

/** Text as one of the programs in use would send it. */
export function plainEntity(random: Random, text: string): Entity {
  const style = random.chance(0.5) ? STYLES[0] : random.pick(STYLES);
  return textEntity(isLatin(style?.charset) ? asTyped(text) : text, style);
}

const paragraphsIn = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${escapeHtml(paragraph).replace(/\n/g, '<br>')}</p>`)
    .join('\n');

/** What is quoted at the end, in a quote of its own as programs that write HTML make it. */
function quotesIn(text: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('>'));
  if (from < 0) return paragraphsIn(text);
  const above = lines.slice(0, from).join('\n').trimEnd();
  const quoted = lines.slice(from).map((line) => line.replace(/^> ?/, ''));
  return `${paragraphsIn(above)}\n<blockquote type="cite">\n${quotesIn(quoted.join('\n'))}\n</blockquote>`;
}

/** The same text in plain and in HTML. */
export function richEntity(text: string): Entity {
  const paragraphs = quotesIn(text);
  const html = `<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"></head>\n<body style="font-family: Georgia, serif; color: #222">\n${paragraphs}\n</body></html>`;
  return multipart('alternative', [textEntity(text), textEntity(html, { subtype: 'html' })]);
}

export const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The content, with a sample file when a name is given. */
export function withFile(content: Entity, name: string | undefined, title: string): Entity {
  if (name === undefined) return content;
  const { type, bytes } = sampleFile(name, title);
  return multipart('mixed', [content, fileEntity(name, type, bytes)]);
}
