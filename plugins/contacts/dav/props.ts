import {
  type DavAsked,
  type DavElement,
  type DavProps,
  type DavRow,
  davElement,
  davHref,
  davIs,
  davRow,
  davText,
  davWants,
} from 'estafette/plugin';
import { asVersion, CardError } from '../card';
import type { Book } from '../store';
import { C, CS, D, empty } from './names';
import { bookHref, type Call, cardHref, HOME, syncToken } from './places';

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

const shared = ({ request }: Call): DavProps => [
  [D('current-user-principal'), davHref(request.principal)],
];

const ownedBy = ({ request }: Call, isOwn: boolean): string | undefined =>
  isOwn ? davHref(request.principal) : undefined;

export const homeRow = (call: Call, asked: DavAsked): DavRow =>
  davRow(
    HOME,
    [
      [D('resourcetype'), empty(D('collection'))],
      [D('displayname'), davText(call.context.text(call.request.locale)('contacts:title'))],
      [D('owner'), davHref(call.request.principal)],
      [
        D('current-user-privilege-set'),
        privileges('read', 'read-current-user-privilege-set', 'bind', 'unbind'),
      ],
      ...shared(call),
    ],
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

export const bookRow = (call: Call, book: Book, asked: DavAsked): DavRow =>
  davRow(
    bookHref(book.id),
    [
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
    ],
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
export const wantsText = (asked: DavAsked): boolean => davWants(asked, C('address-data'));

/** What only lists know, beside the etag. */
const LISTED = [D('getcontentlength'), D('getlastmodified'), D('displayname')];

export const wantsRow = (asked: DavAsked): boolean =>
  wantsText(asked) || LISTED.some((name) => davWants(asked, name));

export const cardRow = (call: Call, book: Book, card: KnownCard, asked: DavAsked): DavRow =>
  davRow(
    cardHref(book.id, card.uri),
    [
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
    ],
    asked,
  );

/** A card in the version that a program asks for; as it was stored unless it does. */
function dataOf(text: string | undefined, wanted: DavElement): string | undefined {
  if (text === undefined) return undefined;
  const version = wanted.attributes['version'];
  if (version !== '3.0' && version !== '4.0') return davText(text);
  try {
    return davText(asVersion(text, version));
  } catch (error) {
    if (error instanceof CardError) return davText(text);
    throw error;
  }
}

/** Whether a program asks for cards in a shape that there is none of (RFC 6352 8.3.1). */
export function isUnknownData({ names }: DavAsked): boolean {
  const data = names?.find((name) => davIs(name, C('address-data')));
  if (!data) return false;
  const { 'content-type': type = 'text/vcard', version } = data.attributes;
  return type.toLowerCase() !== 'text/vcard' || ![undefined, '3.0', '4.0'].includes(version);
}
