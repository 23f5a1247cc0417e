import { type DirectoryEntry, valuesOf } from '../ldap';
import type { LdapDirectory } from '../sites/site';

/** A condition of a filter that holds the login: an attribute, perhaps with a rule, and what it is to be. */
const CONDITION = /\(\s*([A-Za-z][\w.;-]*)(?::[^=()]*)?\s*~?=([^()]*\{\{login\}\}[^()]*)\)/g;
const LOGIN = '{{login}}';

/**
 * Whether an entry that a directory found for a name is that of the name, letter by letter once both
 * are in the same `form`. Directories take more for equal: letters of other widths, marks that are
 * not seen, for some of them accents (RFC 4518 2.2, 2.4). Whoever is counted, locked, or vouched for
 * under one spelling would be somebody else under another. Looked at are login and address of the
 * entry, and what the filter of the site compares the login with.
 */
export function answersTo(
  { attributes, searchFilter }: Pick<LdapDirectory, 'attributes' | 'searchFilter'>,
  entry: DirectoryEntry,
  name: string,
  form: (text: string) => string,
): boolean {
  const asked = [...searchFilter.matchAll(CONDITION)].map(
    ([, attribute = '', pattern = '']) => [attribute, pattern] as const,
  );
  const conditions = [[attributes.uid, LOGIN], [attributes.mail, LOGIN], ...asked] as const;
  return conditions.some(([attribute, pattern]) => {
    const expected = patternOf(pattern, form(name), form);
    return valuesOf(entry, attribute).some((value) => expected.test(form(value)));
  });
}

/** What a value has to be; a star of the filter, not one of the name, stands for anything. */
function patternOf(pattern: string, name: string, form: (text: string) => string): RegExp {
  const parts = pattern.split('*').map((part) => part.split(LOGIN).map(form).join(name));
  return new RegExp(`^${parts.map(literal).join('.*')}$`, 'su');
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
