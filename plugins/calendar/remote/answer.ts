import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Faulty } from './types';

/** What is read of one resource of an answer (RFC 4918 13); the rest is left alone. */
export interface Resource {
  readonly href: string;
  /** Of the whole of it: 404 for what has gone (RFC 6578 3.5). */
  readonly status: number;
  readonly isCollection: boolean;
  readonly isCalendar: boolean;
  readonly title: string;
  readonly principal: string;
  readonly home: string;
  readonly etag: string;
  readonly text: string;
  readonly syncToken: string;
}

export interface Answer {
  readonly resources: readonly Resource[];
  /** Of an answer to `sync-collection` (RFC 6578 6.4). */
  readonly syncToken: string;
}

const RESOURCES_MAX = 60_000;
const TOKEN_CHARS = 2_000;

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'response' || name === 'propstat',
});

type Node = Readonly<Record<string, unknown>>;
const nodeIn = (value: unknown): Node =>
  typeof value === 'object' && value !== null ? (value as Node) : {};
const listIn = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.map(nodeIn) : []);
function wordsIn(value: unknown): string {
  const inner = typeof value === 'string' ? value : nodeIn(value)['#text'];
  return typeof inner === 'string' ? inner : '';
}
const tokenIn = (node: Node): string => {
  const token = wordsIn(node['sync-token']).trim();
  return token.length > TOKEN_CHARS ? '' : token;
};

/** Reads a multistatus: without a document type, whose entities would make much of little. */
export function readAnswer(xml: string): Answer {
  const isPlain = !/<!(?:DOCTYPE|ENTITY)/i.test(xml) && XMLValidator.validate(xml) === true;
  const root = isPlain ? nodeIn(parsed(xml)) : {};
  if (root['multistatus'] === undefined) throw new Faulty('nonsense');
  const answer = nodeIn(root['multistatus']);
  const responses = listIn(answer['response']);
  if (responses.length > RESOURCES_MAX) throw new Faulty('too-much');
  return { resources: responses.map(resourceOf), syncToken: tokenIn(answer) };
}

function parsed(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    throw new Faulty('nonsense');
  }
}

function resourceOf(response: Node): Resource {
  const found = listIn(response['propstat']).filter(({ status }) =>
    / 2\d\d( |$)/.test(wordsIn(status)),
  );
  const prop: Node = Object.assign({}, ...found.map((one) => nodeIn(one['prop'])));
  const type = nodeIn(prop['resourcetype']);
  const status = /^HTTP\/\S+ (\d{3})/.exec(wordsIn(response['status']).trim())?.[1];
  return {
    href: wordsIn(response['href']).trim(),
    status: Number(status ?? 200),
    isCollection: 'collection' in type,
    isCalendar: 'calendar' in type,
    title: wordsIn(prop['displayname']),
    principal: wordsIn(nodeIn(prop['current-user-principal'])['href']).trim(),
    home: wordsIn(nodeIn(prop['calendar-home-set'])['href']).trim(),
    etag: wordsIn(prop['getetag']).trim(),
    text: wordsIn(prop['calendar-data']),
    syncToken: tokenIn(prop),
  };
}
