import { escapeHtml } from '../base/html';
import type { LinkClass } from './hooks';

// As the sanitiser and the linkifier print them: one space, double quotes.
const LINK = /<a href="([^"]{1,8192})"/g;
const MAX_LINKS = 500;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  lt: '<',
  gt: '>',
  '#39': "'",
};

const decode = (text: string): string =>
  text.replace(/&(amp|quot|lt|gt|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** Addresses on the web that a sanitised document links to, each once. */
export function linksOf(html: string): readonly string[] {
  const found = new Set<string>();
  for (const [, href = ''] of html.matchAll(LINK)) {
    const url = decode(href);
    if (/^https?:/i.test(url)) found.add(url);
    if (found.size >= MAX_LINKS) break;
  }
  return [...found];
}

/**
 * Marks links by what they are: a word before them that the mail cannot write itself, since it has
 * no `data-` attributes. A blocked link keeps its text and leads nowhere.
 */
export function markLinks(
  html: string,
  classes: Readonly<Record<string, LinkClass>>,
  label: (of: LinkClass) => string | undefined,
): string {
  return html.replace(LINK, (whole, href: string) => {
    const url = decode(href);
    const kind = Object.hasOwn(classes, url) ? classes[url] : undefined;
    if (kind === undefined) return whole;
    const text = label(kind);
    const note = text === undefined ? '' : `<b data-link-note="${kind}">${escapeHtml(text)}</b> `;
    return kind === 'blocked'
      ? `${note}<a data-link="blocked"`
      : `${note}${whole} data-link="${kind}"`;
  });
}
