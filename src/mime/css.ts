import { type CssNode, type Declaration, generate, type List, parse, walk } from 'css-tree';
import {
  isSafeFunction,
  isSafeProperty,
  isSafePseudo,
  isSafeSelectorAttribute,
  mayHoldImage,
} from './css-rules';

/** Longer style attributes are attacks; Word's worst are around 2,000 characters. */
const MAX_STYLE_CHARS = 8_000;
/** All style elements of a message together; newsletters reach 100 kB. */
const MAX_SHEET_CHARS = 256 * 1024;
/** What the parser may be given in all, distinct style attributes included. */
const MAX_PARSED_CHARS = 600 * 1024;

export interface CssOptions {
  /** The address an image may be loaded from instead, or undefined when it is refused. */
  readonly resolveImage: (url: string) => string | undefined;
  /** Prefix of ids in the document; selectors get the same. */
  readonly prefixId: (id: string) => string;
}

/** Cleans the styles of one message; results of equal attributes are remembered. */
export interface CssCleaner {
  style(text: string): string;
  sheet(text: string): string;
}

/** Builds a cleaner with its own budgets, for one message. */
export function cssCleaner(options: CssOptions): CssCleaner {
  const memo = new Map<string, string>();
  let parsed = 0;
  let sheets = 0;
  return {
    style(text) {
      const known = memo.get(text);
      if (known !== undefined) return known;
      const simple = text.length > MAX_STYLE_CHARS ? '' : cleanSimple(text);
      if (simple === undefined) parsed += text.length;
      const clean = simple ?? (parsed > MAX_PARSED_CHARS ? '' : cleanDeclarations(text, options));
      memo.set(text, clean);
      return clean;
    },
    sheet(text) {
      sheets += text.length;
      parsed += text.length;
      if (sheets > MAX_SHEET_CHARS || parsed > MAX_PARSED_CHARS) return '';
      return cleanSheet(text, options);
    },
  };
}

/**
 * Most style attributes hold only words, numbers and colours: no strings, escapes, functions or
 * comments can hide there, so splitting is exact. Undefined when the parser is needed.
 */
function cleanSimple(text: string): string | undefined {
  if (!/^[\w#%.,;:!\s-]*$/.test(text)) return undefined;
  const kept: string[] = [];
  for (const declaration of text.split(';')) {
    const colon = declaration.indexOf(':');
    const name = declaration.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = declaration
      .slice(colon + 1)
      .trim()
      .replace(/\s+/g, ' ');
    const isPlain = value !== '' && !value.includes(':') && !/!(?! ?important$)/i.test(value);
    if (isPlain && isSafeProperty(name) && !isNegativeMargin(name, value)) {
      kept.push(`${name}:${value}`);
    }
  }
  return kept.join(';');
}

/** Negative margins move content over other content (threats 17). */
const isNegativeMargin = (name: string, value: string): boolean =>
  name.startsWith('margin') && /(?:^|[\s(,*/+-])-\s*[.\d]/.test(value);

function cleanDeclarations(text: string, options: CssOptions): string {
  try {
    const ast = parse(text, { context: 'declarationList', parseCustomProperty: false });
    if (ast.type !== 'DeclarationList') return '';
    cleanBlock(ast.children, options);
    return checked(generate(ast));
  } catch {
    // css-tree recurses: absurdly nested values overflow its stack. No style is the safe answer.
    return '';
  }
}

function cleanSheet(text: string, options: CssOptions): string {
  try {
    const ast = parse(text, { parseCustomProperty: false });
    if (ast.type !== 'StyleSheet') return '';
    cleanRules(ast.children, options);
    return checked(generate(ast));
  } catch {
    return '';
  }
}

/** Last look at what is about to be printed: it can neither end its element nor load anything. */
function checked(css: string): string {
  if (/[<\0]|@import|expression\s*\(|javascript:|behavior\s*:|-moz-binding/i.test(css)) return '';
  return css;
}

function cleanRules(rules: List<CssNode>, options: CssOptions): void {
  rules.forEach((node, item, list) => {
    if (!keepRule(node, options)) list.remove(item);
  });
}

function keepRule(node: CssNode, options: CssOptions): boolean {
  if (node.type === 'Rule') {
    if (node.prelude.type !== 'SelectorList' || !keepSelectors(node.prelude, options)) return false;
    cleanBlock(node.block.children, options);
    return !node.block.children.isEmpty;
  }
  if (node.type !== 'Atrule' || node.name.toLowerCase() !== 'media') return false;
  if (!node.block || !node.prelude || node.prelude.type !== 'AtrulePrelude') return false;
  // `<` is legal in range queries and never needed; it must not reach the document.
  if (!/^[\w\s():,.>=/-]*$/.test(generate(node.prelude))) return false;
  cleanRules(node.block.children, options);
  return !node.block.children.isEmpty;
}

/** False when a selector tests what it must not; ids are prefixed like those of the document. */
function keepSelectors(prelude: CssNode, options: CssOptions): boolean {
  let isSafe = true;
  walk(prelude, (node) => {
    if (node.type === 'Raw' || node.type === 'NestingSelector') isSafe = false;
    if (node.type === 'PseudoClassSelector') isSafe &&= isSafePseudo(node.name);
    if (node.type === 'PseudoElementSelector') isSafe &&= isSafePseudo(node.name);
    if (node.type === 'AttributeSelector') isSafe &&= isSafeSelectorAttribute(node.name.name);
    if (node.type === 'IdSelector') node.name = options.prefixId(node.name);
  });
  return isSafe;
}

function cleanBlock(children: List<CssNode>, options: CssOptions): void {
  children.forEach((node, item, list) => {
    if (node.type !== 'Declaration' || !keepDeclaration(node, options)) list.remove(item);
  });
}

function keepDeclaration(node: Declaration, options: CssOptions): boolean {
  const name = node.property.toLowerCase();
  node.property = name;
  const important = node.important;
  node.important =
    typeof important === 'string' ? important.toLowerCase() === 'important' : important;
  const isSafe = node.value.type === 'Value' && isSafeProperty(name) && keepValue(node, options);
  if (isSafe) return !isNegativeMargin(name, generate(node.value));
  countHidden(node, options);
  return false;
}

/** Replaces images by what they may be; false when something else in the value is not allowed. */
function keepValue(node: Declaration, options: CssOptions): boolean {
  let isSafe = true;
  const mayLoad = mayHoldImage(node.property);
  walk(node.value, (value, item, list) => {
    if (value.type === 'Raw' || value.type === 'UnicodeRange') isSafe = false;
    if (value.type === 'Function') isSafe &&= isSafeFunction(value.name);
    if (value.type === 'Url' && mayLoad) {
      const resolved = options.resolveImage(value.value);
      if (resolved !== undefined) value.value = resolved;
      // `none` keeps the colour and the rest of a shorthand.
      else if (item) list.replace(item, list.createItem({ type: 'Identifier', name: 'none' }));
    } else if (value.type === 'Url') isSafe = false;
  });
  return isSafe;
}

/** A refused declaration that would have loaded something still counts as blocked. */
function countHidden(node: Declaration, options: CssOptions): void {
  const source = generate(node.value);
  for (const match of source.matchAll(/(?:https?:)?\/\/[^\s"'()\\]{1,300}/gi)) {
    options.resolveImage(match[0]);
  }
}
