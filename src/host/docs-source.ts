/** A member of an interface, as its author wrote and documented it. */
export interface DocumentedMember {
  readonly name: string;
  /** On one line, without its comment. */
  readonly signature: string;
  readonly doc: string;
  readonly example: string | undefined;
}

const MEMBER_NAME = /^(?:readonly\s+)?(?:get\s+)?['"]?([\w.-]+)['"]?\??\s*(?:[<(:])/;

/**
 * Members of an interface in a source file, in order, with their JSDoc; those of an object type
 * inside one are named with it (`hooks.on`). Throws, with the name, for one that has no comment:
 * what is undocumented cannot be in the reference.
 */
export function readInterface(source: string, name: string): readonly DocumentedMember[] {
  const start = source.search(new RegExp(`\\binterface ${name}\\b`));
  if (start < 0) throw new Error(`no interface ${name}`);
  const open = source.indexOf('{', headEnd(source, start));
  return membersOf(source.slice(open + 1, closing(source, open)), name);
}

/** The first sentence of an interface's own comment. */
export function readDoc(source: string, name: string): string {
  const match = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*(?:export )?interface ${name}\\b`,
  ).exec(source);
  return match ? textOf(match[1] ?? '').doc : '';
}

/** Past the type parameters, whose defaults may hold braces. */
function headEnd(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const sign = source[at];
    if (sign === '<') depth++;
    else if (sign === '>') depth--;
    else if (sign === '{' && depth === 0) return at;
  }
  return start;
}

/** Index of the brace that closes the one at `open`; comments may hold odd ones. */
export function closing(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    if (source.startsWith('/**', at)) at = source.indexOf('*/', at) + 1;
    else if (source[at] === '{') depth++;
    else if (source[at] === '}' && --depth === 0) return at;
  }
  throw new Error('a brace is not closed');
}

function membersOf(body: string, owner: string): readonly DocumentedMember[] {
  const members: DocumentedMember[] = [];
  let rest = body;
  for (;;) {
    const comment = /^\s*\/\*\*((?:(?!\*\/)[\s\S])*)\*\//.exec(rest);
    const from = rest.slice(comment?.[0].length ?? 0).trimStart();
    if (from === '') return members;
    const end = memberEnd(from);
    const text = from.slice(0, end);
    const name = MEMBER_NAME.exec(text)?.[1];
    if (name === undefined) throw new Error(`${owner}: cannot read "${text.slice(0, 40)}"`);
    members.push(...described(text, name, comment?.[1], owner));
    rest = from.slice(end + 1);
  }
}

function described(
  text: string,
  name: string,
  comment: string | undefined,
  owner: string,
): readonly DocumentedMember[] {
  const inner = /^(?:readonly\s+)?\w+\??:\s*\{/.test(text) ? text.indexOf('{') : -1;
  if (comment === undefined) {
    if (inner < 0) throw new Error(`${owner}.${name} has no comment`);
    return membersOf(text.slice(inner + 1, closing(text, inner)), `${owner}.${name}`).map(
      (member) => ({ ...member, name: `${name}.${member.name}` }),
    );
  }
  const signature = text
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/,\s*([)}>])/g, ' $1')
    .replace(/([(<{]) /g, (_, sign: string) => (sign === '{' ? '{ ' : sign))
    .replace(/ ([)>])/g, '$1')
    .replace(/=\s*>/g, '=> ')
    .replace(/ {2,}/g, ' ')
    .replace(/^readonly /, '')
    .trim();
  return [{ name, signature, ...textOf(comment) }];
}

/** Index of the semicolon that ends the first member. */
export function memberEnd(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (text.startsWith('/**', at)) at = text.indexOf('*/', at) + 1;
    else if ('({['.includes(sign)) depth++;
    else if (')}]'.includes(sign)) depth--;
    else if (sign === ';' && depth === 0) return at;
  }
  return text.length;
}

function textOf(comment: string): { readonly doc: string; readonly example: string | undefined } {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim());
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  const [doc = '', example] = text.split('@example ');
  return { doc: doc.trim(), example: example?.trim() };
}

/** Text as a cell of a table holds it. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
