import { escapeFilterValue } from '../ldap';
import type { SiteDirectory } from '../sites';
import type { DirectoryRecord } from './types';

/** RFC 4519 and RFC 2798 for people; the ways of writing a group that directories use. */
const PEOPLE = ['person', 'inetOrgPerson'];
const GROUPS = ['groupOfNames', 'groupOfUniqueNames', 'posixGroup', 'mailGroup', 'group'];
const WORDS = 6;

const any = (parts: readonly string[]): string => `(|${parts.join('')})`;
const classes = (names: readonly string[]): string =>
  any(names.map((name) => `(objectClass=${name})`));

const ofTypes = (types: readonly DirectoryRecord['type'][]): string =>
  any([
    ...(types.includes('person') ? [classes(PEOPLE)] : []),
    ...(types.includes('group') ? [classes(GROUPS)] : []),
  ]);

/** Entries that have every word: inside a name, at the start of an address or of a login. */
export function searchFilter(
  { attributes }: Pick<SiteDirectory, 'attributes'>,
  text: string,
  types: readonly DirectoryRecord['type'][],
): string {
  const words = text.trim().split(/\s+/).slice(0, WORDS).map(escapeFilterValue);
  const names = [...new Set([attributes.name, 'cn', 'displayName'])];
  const starts = [...new Set([attributes.mail, attributes.uid, 'sn', 'givenName'])];
  const matches = words.map((word) =>
    any([
      ...names.map((name) => `(${name}=*${word}*)`),
      ...starts.map((name) => `(${name}=${word}*)`),
    ]),
  );
  return `(&${ofTypes(types)}${matches.join('')})`;
}

/** Entries that have one of these addresses. */
export const mailFilter = (
  { attributes }: Pick<SiteDirectory, 'attributes'>,
  mails: readonly string[],
): string => any(mails.map((mail) => `(${attributes.mail}=${escapeFilterValue(mail)})`));

/** Whether the classes of an entry make it a group. */
export const isGroup = (classNames: readonly string[]): boolean =>
  classNames.some((name) => GROUPS.some((group) => group.toLowerCase() === name.toLowerCase()));
