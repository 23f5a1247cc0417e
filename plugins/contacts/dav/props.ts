import {
  type DavElement,
  type DavName,
  type DavRow,
  davElement,
  davHref,
  davText,
} from 'estafette/plugin';
import { asVersion, CardError } from '../card';
import type { Book } from '../store';
import { C, CS, childOf, D, empty, isNamed, keyOf } from './names';
import { bookHref, type Call, cardHref, HOME, syncToken } from './places';

/** What a program wants to know of each resource. */
export interface Asked {
  /** Undefined: everything that is not dear. */
  readonly names: readonly DavElement[] | undefined;
  /** Names alone, without values. */
  readonly isNamesOnly: boolean;
}

export function askedOf(xml: DavElement | undefined): Asked {
  const prop = childOf(xml, D('prop'));
  return {
    names: prop?.children,
    isNamesOnly: !prop && childOf(xml, D('propname')) !== undefined,
  };
}

/** Whether a property is asked for by name. */
export const wants = ({ names }: Asked, wanted: DavName): boolean =>
  names?.some((name) => isNamed(name, wanted)) ?? false;

type Value = string | ((asked: DavElement | undefined) => string | undefined);
type Props = ReadonlyMap<string, { readonly name: DavName; readonly value: Value }>;

function table(entries: readonly (readonly [DavName, Value | undefined])[]): Props {
  return new Map(
    entries.flatMap(([name, value]) =>
      value === undefined ? [] : [[keyOf(name), { name, value }] as const],
    ),
  );
}

/** The row of a resource: what is known of what was asked, and what is not there. */
function rowOf(href: string, props: Props, { names, isNamesOnly }: Asked): DavRow {
  if (isNamesOnly) return { href, found: [...props.values()].map(({ name }) => empty(name)) };
  if (!names) {
    const cheap = [...props.values()].filter(({ value }) => typeof value === 'string');
    return { href, found: cheap.map(({ name, value }) => davElement(name, value as string)) };
  }
  const found: string[] = [];
  const missing: DavName[] = [];
  for (const name of names) {
    const known = props.get(keyOf(name));
    const value = typeof known?.value === 'function' ? known.value(name) : known?.value;
    if (value === undefined) missing.push(name);
    else found.push(davElement(name, value));
  }
  return { href, found, other: [{ status: 404, names: missing }] };
}

const privileges = (...names: readonly string[]): string =>
  names.map((name) => davElement(D('privilege'), empty(D(name)))).join('');

const rightsOf = (rights: Book['rights'], isBook: boolean): string =>
  rights === 'read'
    ? privileges('read', 'read-current-user-privilege-set')
    : privileges(
        'read',
        'read-current-user-privilege-set',
        'write',
        'write-content',
        ...(isBook ? ['bind', 'unbind'] : []),
        ...(isBook && rights === 'manage' ? ['write-properties'] : []),
      );

const shared = ({ request }: Call): readonly (readonly [DavName, Value])[] => [
  [D('current-user-principal'), davHref(request.principal)],
];

const ownedBy = ({ request }: Call, isOwn: boolean): string | undefined =>
  isOwn ? davHref(request.principal) : undefined;

export const homeRow = (call: Call, asked: Asked): DavRow =>
  rowOf(
    HOME,
    table([
      [D('resourcetype'), empty(D('collection'))],
      [D('displayname'), davText(call.context.text(call.request.locale)('contacts:title'))],
      [D('owner'), davHref(call.request.principal)],
      [
        D('current-user-privilege-set'),
        privileges('read', 'read-current-user-privilege-set', 'bind', 'unbind'),
      ],
      ...shared(call),
    ]),
    asked,
  );

const REPORTS = [C('addressbook-query'), C('addressbook-multiget'), D('sync-collection')]
  .map((name) => davElement(D('supported-report'), davElement(D('report'), empty(name))))
  .join('');
const VERSIONS = ['3.0', '4.0']
  .map((version) => `<C:address-data-type content-type="text/vcard" version="${version}"/>`)
  .join('');
const COLLATIONS = ['i;ascii-casemap', 'i;unicode-casemap', 'i;octet']
  .map((name) => davElement(C('supported-collation'), name))
  .join('');

export const bookRow = (call: Call, book: Book, asked: Asked): DavRow =>
  rowOf(
    bookHref(book.id),
    table([
      [D('resourcetype'), empty(D('collection')) + empty(C('addressbook'))],
      [D('displayname'), davText(book.title)],
      [D('owner'), ownedBy(call, book.isOwn)],
      [D('sync-token'), davText(syncToken(book))],
      [CS('getctag'), `"${book.life}-${book.syncToken}"`],
      [D('supported-report-set'), REPORTS],
      [C('supported-address-data'), VERSIONS],
      [C('supported-collation-set'), COLLATIONS],
      [
        C('max-resource-size'),
        String(call.context.config(call.person.site).maxCardKilobytes * 1_000),
      ],
      [D('current-user-privilege-set'), rightsOf(book.rights, true)],
      ...shared(call),
    ]),
    asked,
  );

/** What is known of a card; its text only where it had to be read. */
export interface KnownCard {
  readonly uri: string;
  readonly etag: string;
  readonly text?: string;
  readonly bytes?: number;
  readonly name?: string;
  readonly updatedAt?: string;
}

/** Whether cards have to be read; other properties are in lists. */
export const wantsText = (asked: Asked): boolean => wants(asked, C('address-data'));

/** What only lists know, beside the etag. */
const LISTED = [D('getcontentlength'), D('getlastmodified'), D('displayname')];

export const wantsRow = (asked: Asked): boolean =>
  wantsText(asked) || LISTED.some((name) => wants(asked, name));

export const cardRow = (call: Call, book: Book, card: KnownCard, asked: Asked): DavRow =>
  rowOf(
    cardHref(book.id, card.uri),
    table([
      [D('resourcetype'), ''],
      [D('getetag'), davText(card.etag)],
      [D('getcontenttype'), 'text/vcard; charset=utf-8'],
      [D('owner'), ownedBy(call, book.isOwn)],
      [D('current-user-privilege-set'), rightsOf(book.rights, false)],
      ...shared(call),
      [D('displayname'), () => (card.name !== undefined ? davText(card.name) : undefined)],
      [D('getcontentlength'), () => (card.bytes === undefined ? undefined : String(card.bytes))],
      [
        D('getlastmodified'),
        () => (card.updatedAt === undefined ? undefined : new Date(card.updatedAt).toUTCString()),
      ],
      [C('address-data'), (wanted) => dataOf(card.text, wanted)],
    ]),
    asked,
  );

/** A card in the version that a program asks for; as it was stored unless it does. */
function dataOf(text: string | undefined, wanted: DavElement | undefined): string | undefined {
  if (text === undefined) return undefined;
  const version = wanted?.attributes['version'];
  if (version !== '3.0' && version !== '4.0') return davText(text);
  try {
    return davText(asVersion(text, version));
  } catch (error) {
    if (error instanceof CardError) return davText(text);
    throw error;
  }
}

/** Whether a program asks for cards in a shape that there is none of (RFC 6352 8.3.1). */
export function isUnknownData({ names }: Asked): boolean {
  const data = names?.find((name) => isNamed(name, C('address-data')));
  if (!data) return false;
  const { 'content-type': type = 'text/vcard', version } = data.attributes;
  return type.toLowerCase() !== 'text/vcard' || ![undefined, '3.0', '4.0'].includes(version);
}
