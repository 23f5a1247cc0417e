import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { AppError } from '../../base/errors';
import type { DavElement } from '../../host/dav-types';

/** A report on twenty thousand cards names each of them. */
const MAX_CHARS = 4_000_000;
const MAX_TAGS = 200_000;
const MAX_DEPTH = 40;
const MAX_ATTRIBUTES = 20_000;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
});

/**
 * Reads a body of XML strictly: throws `request/invalid` for what is not well formed, and for document
 * types, whose entities no program of the trade sends. `undefined` for an empty body.
 */
export function parseDavXml(body: string): DavElement | undefined {
  const xml = body.replace(/^\uFEFF/, '');
  if (xml.trim() === '') return undefined;
  refuseMarkup(xml);
  try {
    if (XMLValidator.validate(xml) !== true) throw invalid('not well formed');
    const nodes: unknown = parser.parse(xml);
    const roots = elementsOf(nodes, new Map([['xml', XML_NS]]), 0);
    const [root] = roots;
    if (!root || roots.length > 1) throw invalid('roots');
    return root;
  } catch (error) {
    throw error instanceof AppError ? error : invalid('parser', error);
  }
}

const XML_NS = 'http://www.w3.org/XML/1998/namespace';

const invalid = (problem: string, cause?: unknown): AppError =>
  new AppError('request/invalid', { cause, details: { problem: `xml: ${problem}` } });

/** Before anything parses it: sizes, and what attacks are made of. */
function refuseMarkup(xml: string): void {
  if (xml.length > MAX_CHARS) throw new AppError('request/too-large');
  if (countOf(xml, '<') > MAX_TAGS || countOf(xml, '=') > MAX_ATTRIBUTES + MAX_TAGS) {
    throw new AppError('request/too-large');
  }
  for (let at = xml.indexOf('<!'); at >= 0; at = xml.indexOf('<!', at + 2)) {
    const isKnown = xml.startsWith('<!--', at) || xml.startsWith('<![CDATA[', at);
    if (!isKnown) throw invalid('document type');
  }
}

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}

type Spaces = ReadonlyMap<string, string>;

/** Nodes as the library gives them: one member is the name, `:@` has the attributes. */
function elementsOf(nodes: unknown, spaces: Spaces, depth: number): DavElement[] {
  if (depth > MAX_DEPTH) throw invalid('depth');
  if (!Array.isArray(nodes)) return [];
  const elements: DavElement[] = [];
  for (const node of nodes as unknown[]) {
    const found = nameOf(node);
    if (found === undefined || found.startsWith('#') || found.startsWith('?')) continue;
    elements.push(elementOf(node as object, found, spaces, depth));
  }
  return elements;
}

const nameOf = (node: unknown): string | undefined =>
  typeof node === 'object' && node !== null
    ? Object.keys(node).find((key) => key !== ':@')
    : undefined;

function elementOf(node: object, tag: string, outer: Spaces, depth: number): DavElement {
  const attributes = Object.entries((Reflect.get(node, ':@') ?? {}) as Record<string, unknown>).map(
    ([name, value]) => [name, resolved(String(value))] as const,
  );
  const spaces = new Map(outer);
  for (const [name, value] of attributes) {
    if (name === 'xmlns') spaces.set('', value);
    // A prefix is never taken back (Namespaces in XML 1.0, 5).
    else if (name.startsWith('xmlns:') && value === '') throw invalid('prefix');
    else if (name.startsWith('xmlns:')) spaces.set(name.slice(6), value);
  }
  const colon = tag.indexOf(':');
  const prefix = colon < 0 ? '' : tag.slice(0, colon);
  const ns = spaces.get(prefix);
  if (ns === undefined && prefix !== '') throw invalid('prefix');
  const inner: unknown = Reflect.get(node, tag);
  return {
    ns: ns ?? '',
    name: tag.slice(colon + 1),
    attributes: Object.fromEntries(attributes.filter(([name]) => !/^xmlns$|:/.test(name))),
    children: elementsOf(inner, spaces, depth + 1),
    text: textOf(inner),
  };
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  const parts: string[] = [];
  for (const node of nodes as Record<string, unknown>[]) {
    const text = node['#text'];
    if (typeof text === 'string') parts.push(resolved(text));
    for (const raw of (node['#cdata'] ?? []) as Record<string, unknown>[]) {
      const section = raw['#text'];
      if (typeof section === 'string') parts.push(section);
    }
  }
  return parts.join('');
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The five entities of XML and numbers of characters: no other exists without a document type. */
const resolved = (text: string): string =>
  text.replace(/&([^;&]{0,40});?/g, (_all, name: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    const code = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10) : -1;
    const known = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    if (known !== undefined) return known;
    if (code <= 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw invalid('entity');
    return String.fromCodePoint(code);
  });
