import type { DavElement, DavResponse } from '../../host/dav-types';
import {
  DAV_NS,
  type DavName,
  type DavRow,
  davElement,
  davError,
  davHref,
  davMultistatus,
  davRowXml,
  davText,
} from '../../host/dav-xml';
import type { Visitor } from './visitor';

const { D, CAL, CS } = DAV_NS;
const dav = (name: string): DavName => ({ ns: D, name });

/** What principals are searched by, and what of somebody it looks at. */
const SEARCHED: readonly {
  readonly name: DavName;
  readonly words: string;
  readonly of: (visitor: Visitor) => string;
}[] = [
  { name: dav('displayname'), words: 'Name', of: ({ actor }) => actor.user.name },
  {
    name: { ns: CAL, name: 'calendar-user-address-set' },
    words: 'Address',
    of: ({ actor }) => `mailto:${actor.user.mail}`,
  },
  {
    name: { ns: CS, name: 'email-address-set' },
    words: 'Address',
    of: ({ actor }) => actor.user.mail,
  },
];

/** Reports that every place of principals answers (RFC 3744 9). */
export const PRINCIPAL_REPORTS: readonly DavName[] = [
  dav('principal-match'),
  dav('principal-property-search'),
  dav('principal-search-property-set'),
  dav('expand-property'),
];

/**
 * A report about principals. The one principal that there is to find is one's own: others are looked
 * for in the directory, by who is signed in there.
 */
export function answerReport(
  visitor: Visitor,
  xml: DavElement | undefined,
  own: (xml: DavElement) => DavRow,
): DavResponse {
  const asked = xml?.ns === D ? xml : undefined;
  switch (asked?.name) {
    case 'principal-match':
      return rowsOf(
        asked.children.some(({ ns, name }) => ns === D && name === 'self'),
        asked,
        own,
      );
    case 'principal-property-search':
      return rowsOf(isFound(visitor, asked), asked, own);
    case 'expand-property':
      return { status: 207, body: davMultistatus([expanded(asked, own, 0)]) };
    case 'principal-search-property-set':
      return { status: 200, body: searchable() };
    default:
      return { status: 403, body: davError(davElement(dav('supported-report'))) };
  }
}

/** Nobody leads further: what a principal leads to is itself. */
const EXPANDED_MAX = 3;

/** Properties by name, and in place of an address of the principal what is asked of it (RFC 3253 3.8). */
function expanded(xml: DavElement, own: (xml: DavElement) => DavRow, depth: number): DavRow {
  const asked = xml.children
    .filter(({ ns, name, attributes }) => ns === D && name === 'property' && attributes['name'])
    .map((one) => ({
      one,
      ns: one.attributes['namespace'] ?? D,
      name: one.attributes['name'] ?? '',
    }));
  const plain = { attributes: {}, children: [], text: '' };
  const names = asked.map(({ ns, name }) => ({ ...plain, ns, name }));
  const row = own({
    ...plain,
    ...dav('propfind'),
    children: [{ ...plain, ...dav('prop'), children: names }],
  });
  if (depth >= EXPANDED_MAX) return row;
  const found = (row.found ?? []).map((text) => {
    const inner = asked.find(
      ({ ns, name, one }) =>
        one.children.length > 0 && text.startsWith(davElement({ ns, name }).slice(0, -2)),
    );
    const link = davHref(row.href);
    return inner && text.includes(link)
      ? text.replace(link, () => davRowXml(expanded(inner.one, own, depth + 1)))
      : text;
  });
  return { ...row, found };
}

const rowsOf = (
  isThere: boolean,
  xml: DavElement,
  own: (xml: DavElement) => DavRow,
): DavResponse => ({ status: 207, body: davMultistatus(isThere ? [own(xml)] : []) });

/** RFC 3744 9.4: a part of the value, whatever the case; all of them unless told `anyof`. */
function isFound(visitor: Visitor, { children, attributes }: DavElement): boolean {
  const conditions = children.filter(({ ns, name }) => ns === D && name === 'property-search');
  const holds = (condition: DavElement): boolean => {
    const part = (name: string) =>
      condition.children.find((one) => one.ns === D && one.name === name);
    const text = fold(part('match')?.text ?? '').trim();
    const names = part('prop')?.children ?? [];
    return (
      text !== '' &&
      names.length > 0 &&
      names.every(({ ns, name }) =>
        SEARCHED.some(
          (one) =>
            one.name.ns === ns && one.name.name === name && fold(one.of(visitor)).includes(text),
        ),
      )
    );
  };
  if (conditions.length === 0) return false;
  return attributes['test'] === 'anyof' ? conditions.some(holds) : conditions.every(holds);
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

const searchable = (): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<D:principal-search-property-set xmlns:D="${D}" xmlns:CAL="${CAL}" xmlns:CS="${CS}">${SEARCHED.map(
    ({ name, words }) =>
      `<D:principal-search-property>${davElement(dav('prop'), davElement(name))}<D:description xml:lang="en">${davText(words)}</D:description></D:principal-search-property>`,
  ).join('')}</D:principal-search-property-set>`;
