import type { DirectoryFilter } from 'estafette/plugin';
import { type Mapping, valuesOf } from './mapping';

/** How a list names its members: by names of entries, by logins, or by addresses. */
type Writing = 'dn' | 'uid' | 'mail';

/** Attributes that do not hold names of entries (RFC 2307, RFC 822 groups, Mél). */
const WRITINGS: Readonly<Record<string, Writing>> = {
  memberuid: 'uid',
  mineqmelmembres: 'mail',
  rfc822mailmember: 'mail',
  mgrprfc822mailmember: 'mail',
};

const writingOf = (attribute: string): Writing => WRITINGS[attribute.toLowerCase()] ?? 'dn';

const MAIL = /^[^\s<>@"(),:;[\]\\=]+@[^\s<>@"(),:;[\]\\=]+$/;
/** As a value is written, whatever attribute it stands in. */
export const isMailOf = (value: string): boolean => value.length <= 254 && MAIL.test(value);
export const isDnOf = (value: string): boolean => !isMailOf(value) && value.includes('=');

/** Members as the first way says them that a list names its members in: the others say the same again. */
export function membersIn(
  mapping: Mapping,
  attributes: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const { members } = mapping.facts;
  const isThere = (name: string): boolean => (attributes[name.toLowerCase()] ?? []).length > 0;
  const first = members.find(isThere);
  if (first === undefined) return [];
  const same = members.filter((name) => writingOf(name) === writingOf(first));
  const facts = { ...mapping.facts, members: same };
  return valuesOf({ ...mapping, facts }, attributes, 'members');
}

/** What names an entry among the members of lists, in each attribute as it is written there. */
export const memberNamed = (
  { facts }: Mapping,
  names: Readonly<Record<Writing, readonly string[]>>,
): readonly DirectoryFilter[] =>
  facts.members.flatMap((attribute) =>
    names[writingOf(attribute)].map((is) => ({ attribute, is })),
  );
