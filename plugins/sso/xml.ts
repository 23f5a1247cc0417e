import { parseDomFromString, parseXml2JsFromString } from '@node-saml/node-saml/lib/xml';
import { invalid, Refused } from './refused';

const MAX_CHARS = 200_000;
/** Tags of both kinds, and attributes: a response with hundreds of groups has some two thousand. */
const MAX_TAGS = 4_000;
const MAX_DEPTH = 40;

/** An element as the parser gives it: attributes, text, and children by local name. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  children(name: string): readonly Element[];
  /** The only child of a name; `undefined` when there is none or more than one. */
  only(name: string): Element | undefined;
  /** Names of its children, in no order. */
  readonly names: readonly string[];
}

/**
 * Refuses what no provider sends and attacks are made of, before anything parses it: document types
 * (entities, outside files), comments (texts that are read in two ways), sections, instructions.
 * In well-formed XML none of these can be there without these characters.
 */
function refuseMarkup(xml: string): void {
  if (xml.length > MAX_CHARS) throw invalid('too-large');
  if (countOf(xml, '<') > MAX_TAGS || countOf(xml, '=') > MAX_TAGS) throw invalid('too-large');
  const body = xml.trimStart().startsWith('<?xml ') ? xml.slice(xml.indexOf('?>') + 2) : xml;
  if (body.includes('<!') || body.includes('<?')) throw invalid('xml');
}

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}

/** A document as both parsers of the library read it. */
export interface Parsed {
  /** For signatures and XPath. */
  readonly dom: Awaited<ReturnType<typeof parseDomFromString>>;
  readonly root: Element;
}

/** Parses a document strictly. */
export async function parseXml(xml: string): Promise<Parsed> {
  refuseMarkup(xml);
  try {
    // Strict sax first: what is not well-formed is refused in time that grows with its length, and
    // only the five entities of XML exist. The other parser takes the square of it to give up, and
    // is the one that sees a second root.
    const document: unknown = await parseXml2JsFromString(xml);
    const [root] = Object.entries(membersOf(document));
    if (!root) throw invalid('xml');
    return { dom: await parseDomFromString(xml), root: elementOf(root[0], root[1], 0) };
  } catch (error) {
    throw error instanceof Refused ? error : invalid('xml', error);
  }
}

/** The same for a part that the SAML library has parsed already. */
export const wrapParsed = (name: string, parsed: unknown): Element => elementOf(name, parsed, 0);

function elementOf(name: string, parsed: unknown, depth: number): Element {
  if (depth > MAX_DEPTH) throw invalid('xml');
  const members = membersOf(parsed);
  const names = Object.keys(members).filter((one) => one !== '$' && one !== '_');
  const text = typeof parsed === 'string' ? parsed : members['_'];
  const children = (wanted: string): readonly Element[] => {
    const list = Object.hasOwn(members, wanted) ? members[wanted] : [];
    return (Array.isArray(list) ? list : []).map((one: unknown) =>
      elementOf(wanted, one, depth + 1),
    );
  };
  return {
    name,
    names,
    text: typeof text === 'string' ? text.trim() : '',
    attributes: membersOf(members['$']) as Readonly<Record<string, string>>,
    children,
    only(wanted) {
      const [first, second] = children(wanted);
      return second ? undefined : first;
    },
  };
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // members are checked where they are read
    : {};
