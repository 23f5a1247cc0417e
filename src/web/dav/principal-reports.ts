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
import type { Principal } from './people';

const { D, CAL, CS } = DAV_NS;
const dav = (name: string): DavName => ({ ns: D, name });

/** What principals are searched by, and what of somebody it looks at. */
const SEARCHED: readonly {
  readonly name: DavName;
  readonly words: string;
  readonly of: (principal: Principal) => string;
}[] = [
  { name: dav('displayname'), words: 'Name', of: ({ name }) => name },
  {
    name: { ns: CAL, name: 'calendar-user-address-set' },
    words: 'Address',
    of: ({ mail }) => `mailto:${mail}`,
  },
  {
    name: { ns: CS, name: 'email-address-set' },
    words: 'Address',
    of: ({ mail }) => mail,
  },
];

/** Reports that every place of principals answers (RFC 3744 9). */
export const PRINCIPAL_REPORTS: readonly DavName[] = [
  dav('principal-match'),
  dav('principal-property-search'),
  dav('principal-search-property-set'),
  dav('expand-property'),
];

/** Whom reports are about. */
interface Asked {
  readonly own: Principal;
  /** What is asked of a principal. */
  readonly row: (principal: Principal, xml: DavElement) => DavRow;
  /** Others whom a text means. */
  readonly others: (text: string) => Promise<readonly Principal[]>;
}

/** A report about principals: who asks, and those whom our own pages would suggest to them. */
export async function answerReport(
  xml: DavElement | undefined,
  { own, row, others }: Asked,
): Promise<DavResponse> {
  const mine = (asked: DavElement): DavRow => row(own, asked);
  const asked = xml?.ns === D ? xml : undefined;
  switch (asked?.name) {
    case 'principal-match':
      return rowsOf(
        asked.children.some(({ ns, name }) => ns === D && name === 'self') ? [mine(asked)] : [],
      );
    case 'principal-property-search': {
      const text = textOf(asked);
      const people = [own, ...(text === '' ? [] : await others(text))];
      return rowsOf(people.filter((one) => isFound(one, asked)).map((one) => row(one, asked)));
    }
    case 'expand-property':
      return rowsOf([expanded(asked, mine, 0)]);
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

const rowsOf = (rows: readonly DavRow[]): DavResponse => ({
  status: 207,
  body: davMultistatus(rows),
});

const conditionsOf = ({ children }: DavElement): readonly DavElement[] =>
  children.filter(({ ns, name }) => ns === D && name === 'property-search');

const partOf = (condition: DavElement, name: string): DavElement | undefined =>
  condition.children.find((one) => one.ns === D && one.name === name);

/** What people are looked for by: the longest text of the search, which means the fewest. */
const textOf = (xml: DavElement): string =>
  conditionsOf(xml)
    .map((condition) => partOf(condition, 'match')?.text.trim() ?? '')
    .reduce((longest, text) => (text.length > longest.length ? text : longest), '');

/** RFC 3744 9.4: a part of the value, whatever the case; all of them unless told `anyof`. */
function isFound(principal: Principal, xml: DavElement): boolean {
  const conditions = conditionsOf(xml);
  const holds = (condition: DavElement): boolean => {
    const text = fold(partOf(condition, 'match')?.text ?? '').trim();
    const names = partOf(condition, 'prop')?.children ?? [];
    return (
      text !== '' &&
      names.length > 0 &&
      names.every(({ ns, name }) =>
        SEARCHED.some(
          (one) =>
            one.name.ns === ns && one.name.name === name && fold(one.of(principal)).includes(text),
        ),
      )
    );
  };
  if (conditions.length === 0) return false;
  return xml.attributes['test'] === 'anyof' ? conditions.some(holds) : conditions.every(holds);
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const searchable = (): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<D:principal-search-property-set xmlns:D="${D}" xmlns:CAL="${CAL}" xmlns:CS="${CS}">${SEARCHED.map(
    ({ name, words }) =>
      `<D:principal-search-property>${davElement(dav('prop'), davElement(name))}<D:description xml:lang="en">${davText(words)}</D:description></D:principal-search-property>`,
  ).join('')}</D:principal-search-property-set>`;
