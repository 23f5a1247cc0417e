/** A text cut at its placeholders: text, name, text, name, … text. */
export type Template = readonly string[];

const PLACEHOLDER = /\{\{-?\s*([A-Za-z0-9_]+)\s*\}\}/;

/** Cuts a text; `undefined` when it asks for more than values in places (formats, paths). */
export function parseTemplate(text: string): Template | undefined {
  const pieces = text.split(PLACEHOLDER);
  const isPlain = pieces.every((piece, index) => index % 2 === 1 || !piece.includes('{{'));
  return isPlain ? pieces : undefined;
}

/** Puts values in place as they are; a value that is not given leaves nothing. */
export function fillTemplate(
  template: Template,
  values: Readonly<Record<string, string | number>>,
): string {
  let text = template[0] ?? '';
  for (let at = 1; at < template.length; at += 2) {
    const name = template[at] ?? '';
    if (Object.hasOwn(values, name)) text += values[name];
    text += template[at + 1] ?? '';
  }
  return text;
}
