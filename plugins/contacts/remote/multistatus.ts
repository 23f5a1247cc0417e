import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Faulty } from './types';

/** What is read of one resource of an answer (RFC 4918 13); the rest is left alone. */
export interface Resource {
  readonly href: string;
  /** Of the whole of it: 404 for what has gone (RFC 6578 3.5); 200 where its properties have theirs. */
  readonly status: number;
  readonly isCollection: boolean;
  readonly isBook: boolean;
  readonly title: string;
  readonly principal: string;
  readonly home: string;
  readonly etag: string;
  readonly card: string;
  readonly syncToken: string;
}

export interface Multistatus {
  readonly resources: readonly Resource[];
  /** Of an answer to `sync-collection` (RFC 6578 6.4). */
  readonly syncToken: string;
}

const RESOURCES_MAX = 25_000;
const TOKEN_MAX = 2_000;
const LISTS = ['response', 'propstat'];

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => LISTS.includes(name),
});

type Node = Readonly<Record<string, unknown>>;
const nodeOf = (value: unknown): Node =>
  typeof value === 'object' && value !== null ? (value as Node) : {};
const nodesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const inner = nodeOf(value)['#text'];
  return typeof inner === 'string' ? inner : '';
};

/** The answer of a server: no document type, whose entities would make much of little. */
export function readMultistatus(xml: string): Multistatus {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml) || XMLValidator.validate(xml) !== true)
    throw new Faulty('nonsense');
  let root: unknown;
  try {
    root = parser.parse(xml);
  } catch {
    throw new Faulty('nonsense');
  }
  const answer = nodeOf(root)['multistatus'];
  if (answer === undefined) throw new Faulty('nonsense');
  const responses = nodesOf(nodeOf(answer)['response']);
  if (responses.length > RESOURCES_MAX) throw new Faulty('too-much');
  return {
    resources: responses.map((one) => resourceOf(nodeOf(one))),
    syncToken: tokenOf(nodeOf(answer)),
  };
}

/** What is longer than any that is known cannot be kept. */
function tokenOf(node: Node): string {
  const token = textOf(node['sync-token']).trim();
  return token.length > TOKEN_MAX ? '' : token;
}

function resourceOf(response: Node): Resource {
  const props = nodesOf(response['propstat'])
    .map(nodeOf)
    .filter(({ status }) => / 2\d\d( |$)/.test(textOf(status)))
    .map(({ prop }) => nodeOf(prop));
  const prop: Node = Object.assign({}, ...props);
  const type = nodeOf(prop['resourcetype']);
  return {
    href: textOf(response['href']).trim(),
    status: Number(/^HTTP\/\S+ (\d{3})/.exec(textOf(response['status']).trim())?.[1] ?? 200),
    isCollection: 'collection' in type,
    isBook: 'addressbook' in type,
    title: textOf(prop['displayname']),
    principal: textOf(nodeOf(prop['current-user-principal'])['href']).trim(),
    home: textOf(nodeOf(prop['addressbook-home-set'])['href']).trim(),
    etag: textOf(prop['getetag']).trim(),
    card: textOf(prop['address-data']),
    syncToken: tokenOf(prop),
  };
}

/** An address of an answer, whole. */
export const hrefOf = (href: string, base: string): string | undefined =>
  href !== '' && URL.canParse(href, base) ? new URL(href, base).href : undefined;

/** Whether something is in a collection: what a server says of others is not believed. */
export function isUnder(href: string, book: string): boolean {
  const at = book.endsWith('/') ? book : `${book}/`;
  return href.startsWith(at) && href.length > at.length;
}
