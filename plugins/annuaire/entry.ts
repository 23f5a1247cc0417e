import { type DirectoryRecord, telHref } from 'estafette/plugin';
import { parentOf, rdnOf } from './dn';
import { fold, plain } from './fold';
import { kindOf, type Mapping, valuesOf } from './mapping';
import { membersIn } from './members';
import type { Fact, Kind } from './profiles';

/** One entry of the directory as pages show it: text, cleaned of what cannot be seen. */
export interface Entry {
  readonly dn: string;
  /** The directory that it stands in, `''` for that of sign-in. */
  readonly of: string;
  readonly kind: Kind;
  readonly name: string;
  readonly mail: string;
  readonly otherMails: readonly string[];
  readonly title: string;
  readonly jobs: readonly string[];
  readonly missions: readonly string[];
  readonly phones: readonly Phone[];
  /** Room, street and town, as far as they are known. */
  readonly place: string;
  readonly service: string;
  /** Names of other entries, or logins or addresses, as the directory has them. */
  readonly members: readonly string[];
  /** Names of other entries. */
  readonly owners: readonly string[];
  readonly managers: readonly string[];
  readonly assistants: readonly string[];
  /** Lower first, then by name. */
  readonly order: number;
  readonly attributes: DirectoryRecord['attributes'];
}

export interface Phone {
  readonly fact: 'phone' | 'mobile' | 'fax';
  readonly text: string;
  /** `tel:…`, or `''` for what is no number. */
  readonly href: string;
}

const ADDRESS = /^[^\s<>@"(),:;[\]\\]+@[^\s<>@"(),:;[\]\\]+$/;
const isAddress = (mail: string): boolean => mail.length <= 254 && ADDRESS.test(mail);

/** Reads a record; `undefined` for what is none of the kinds. */
export function entryOf(
  mapping: Mapping,
  { dn, attributes }: DirectoryRecord,
  directory = '',
): Entry | undefined {
  const kind = kindOf(mapping, attributes);
  if (!kind) return undefined;
  const of = (fact: Fact): readonly string[] => valuesOf(mapping, attributes, fact);
  const texts = (fact: Fact): readonly string[] =>
    of(fact)
      .map(plain)
      .filter((text) => text !== '');
  const [mail = '', ...more] = of('mail').filter(isAddress);
  const town = [texts('postalCode')[0], texts('city')[0]].filter(Boolean).join(' ');
  const order = Number(of('order')[0]);
  return {
    dn,
    of: directory,
    kind,
    name: texts('name')[0] ?? (plain(rdnOf(dn)[1]) || plain(dn)),
    mail,
    otherMails: [...new Set([...more, ...of('otherMails').filter(isAddress)])].filter(
      (other) => other.toLowerCase() !== mail.toLowerCase(),
    ),
    title: texts('title')[0] ?? '',
    jobs: texts('jobs'),
    missions: texts('missions'),
    phones: (['phone', 'mobile', 'fax'] as const).flatMap((fact) =>
      texts(fact).map((text) => ({ fact, text, href: telHref(text) })),
    ),
    // A postal address has its lines between dollars (RFC 4517 3.3.28).
    place: [texts('room')[0], texts('street')[0]?.replaceAll('$', ', '), town]
      .filter(Boolean)
      .join(', '),
    service: texts('service')[0] ?? '',
    members: membersIn(mapping, attributes),
    owners: of('owners'),
    managers: of('managers'),
    assistants: of('assistants'),
    order: Number.isFinite(order) && of('order').length > 0 ? order : Number.MAX_SAFE_INTEGER,
    attributes,
  };
}

/** As the directory orders its entries, then by name. */
export const byOrder = (one: Entry, other: Entry): number =>
  one.order - other.order || fold(one.name).localeCompare(fold(other.name), 'fr');

/** The service that an entry belongs to, by its place. */
export const serviceDnOf = ({ dn }: Pick<Entry, 'dn'>): string => parentOf(dn);
