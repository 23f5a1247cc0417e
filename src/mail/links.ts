/** Links as the sanitiser and the linkifier print them: one space, double quotes. */
export const LINK = /<a href="([^"]{1,8192})"/g;
const MAX_LINKS = 500;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  lt: '<',
  gt: '>',
  '#39': "'",
};

/** The text that the sanitiser escaped. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(amp|quot|lt|gt|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** Addresses on the web that a sanitised document links to, each once. */
export function linksOf(html: string): readonly string[] {
  const found = new Set<string>();
  for (const [, href = ''] of html.matchAll(LINK)) {
    const url = decodeEntities(href);
    if (/^https?:/i.test(url)) found.add(url);
    if (found.size >= MAX_LINKS) break;
  }
  return [...found];
}
