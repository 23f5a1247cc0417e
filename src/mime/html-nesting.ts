/** An element whose end has not been seen. */
export interface OpenElement {
  readonly name: string;
}

export const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  `area base basefont br col command embed frame hr img input isindex keygen link meta param source
  track wbr`.split(/\s+/),
);

const P = ['p'];

// The rules of htmlparser2, which the sanitiser runs on: an opening tag closes these, if on top.
const IMPLIED_ENDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['tr', ['tr', 'th', 'td']],
  ['th', ['th']],
  ['td', ['thead', 'th', 'td']],
  ['body', ['head', 'link', 'script']],
  ['li', ['li']],
  ['option', ['option']],
  ['optgroup', ['optgroup', 'option']],
  ['dd', ['dt', 'dd']],
  ['dt', ['dt', 'dd']],
  ['rt', ['rt', 'rp']],
  ['rp', ['rt', 'rp']],
  ['tbody', ['thead', 'tbody']],
  ['tfoot', ['thead', 'tbody']],
  ...`p h1 h2 h3 h4 h5 h6 address article aside blockquote details div dl fieldset figcaption
  figure footer form header main nav ol pre section table ul`
    .split(/\s+/)
    .map((name): [string, readonly string[]] => [name, P]),
]);

/** Removes from the stack what an opening tag ends by itself; gives those elements. */
export function openElement(stack: OpenElement[], name: string): OpenElement[] {
  const ends = IMPLIED_ENDS.get(name);
  const closed: OpenElement[] = [];
  while (ends?.includes(stack.at(-1)?.name ?? '')) {
    const element = stack.pop();
    if (element) closed.push(element);
  }
  return closed;
}
