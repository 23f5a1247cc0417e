// What stands between `@if <parts>` and `@end` in a template is kept for plugins with these parts.
// The templates themselves are code that compiles, every part present.

/** Parts that an author may ask for, in the order of the questions. */
export const PARTS = ['page', 'slot', 'settings', 'table', 'job', 'hook'] as const;
export type Part = (typeof PARTS)[number];

export type Parts = ReadonlySet<Part>;

/** A marker has a line of its own, in a comment of the file's language. */
const MARKER = /^\s*(?:\/\/|<%#|<!--)\s*@(if|end)\b\s*(.*?)\s*(?:%>|-->)?\s*$/;

/** A line that only the template needs: it is compiled and checked here, not where it goes. */
const TEMPLATE_ONLY = /@template$/;

/** `page & !table | hook`: `|` binds least. */
export function holds(condition: string, parts: Parts): boolean {
  const isTrue = (term: string): boolean => {
    const name = term.trim();
    return name.startsWith('!') ? !isOn(name.slice(1), parts) : isOn(name, parts);
  };
  return condition.split('|').some((group) => group.split('&').every(isTrue));
}

const isOn = (name: string, parts: Parts): boolean =>
  PARTS.some((part) => part === name && parts.has(part));

/** The lines of a template that these parts keep, without the markers. */
export function keepParts(template: string, parts: Parts): string {
  const open: boolean[] = [];
  const kept = template.split('\n').filter((line) => {
    const [, word, condition = ''] = MARKER.exec(line) ?? [];
    if (word === 'if') open.push(holds(condition, parts));
    if (word === 'end') open.pop();
    return word === undefined && !TEMPLATE_ONLY.test(line) && open.every(Boolean);
  });
  if (open.length > 0) throw new Error('a template has an @if without @end');
  return kept.join('\n');
}

/** What a formatter makes of literals that lost all they held, and of blank lines left behind. */
export const tidy = (code: string): string =>
  code
    .replace(/\{\n\s*\}/g, '{}')
    .replace(/\(\{\}\)/g, '({})')
    .replace(/\{\n\n+/g, '{\n')
    .replace(/\n{3,}/g, '\n\n');
