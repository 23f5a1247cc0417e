import { foldValue, isBelow, type NormalDn, parseDn, sameDn } from '../ldap';
import type { PeopleMatch, SiteGroup } from './groups';

/** What groups are told of a person: what the directory says at a sign-in. */
export interface GroupCandidate {
  readonly login: string;
  readonly dn?: string | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

interface Facts {
  readonly login: string;
  readonly dn: NormalDn | undefined;
  readonly memberOf: readonly NormalDn[];
  valuesOf(attribute: string): readonly string[];
}

/** Ids of the groups of a site that a person belongs to, in the order of the site file. */
export function groupsOf(
  person: GroupCandidate,
  groups: readonly Pick<SiteGroup, 'id' | 'match'>[],
): readonly string[] {
  if (groups.length === 0) return [];
  const facts = factsOf(person);
  return groups.filter(({ match }) => matches(match, facts)).map(({ id }) => id);
}

/** Whether somebody is one of those who are meant. */
export const isMeant = (person: GroupCandidate, match: PeopleMatch): boolean =>
  matches(match, factsOf(person));

function factsOf({ login, dn, attributes }: GroupCandidate): Facts {
  const values = new Map<string, readonly string[]>();
  for (const [name, list] of Object.entries(attributes)) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), ...list]);
  }
  const valuesOf = (attribute: string) => values.get(attribute.toLowerCase()) ?? [];
  const memberOf = valuesOf('memberof').map(parseDn);
  return {
    login: login.toLowerCase(),
    dn: dn === undefined ? undefined : parseDn(dn),
    memberOf: memberOf.filter((name) => name !== undefined),
    valuesOf,
  };
}

// What is given must match; nothing given matches nobody.
function matches({ dn, memberOf, attribute, logins }: PeopleMatch, facts: Facts): boolean {
  const answers: boolean[] = [];
  if (dn !== undefined) answers.push(isInBranch(facts.dn, dn));
  if (memberOf !== undefined) answers.push(isMember(facts.memberOf, memberOf));
  for (const [name, wanted] of Object.entries(attribute ?? {})) {
    answers.push(hasOneOf(facts.valuesOf(name), wanted));
  }
  if (logins) answers.push(logins.some((login) => login.toLowerCase() === facts.login));
  return answers.length > 0 && answers.every(Boolean);
}

function isInBranch(dn: NormalDn | undefined, branch: string): boolean {
  const root = parseDn(branch);
  return dn !== undefined && root !== undefined && isBelow(dn, root);
}

function isMember(memberOf: readonly NormalDn[], group: string): boolean {
  const wanted = parseDn(group);
  return wanted !== undefined && memberOf.some((name) => sameDn(name, wanted));
}

function hasOneOf(values: readonly string[], wanted: readonly string[]): boolean {
  const folded = new Set(wanted.map(foldValue));
  return values.some((value) => folded.has(foldValue(value)));
}

/** Never for everybody: administration, and what was done by whom. */
const OF_GROUPS_ALONE = /^(?:admin|audit)\./;

/**
 * Whether a site gives a permission to a member of these groups: one that some group lists is for
 * members of such groups; those of administrators and of the audit log's readers always need one;
 * the others are for everybody.
 */
export function grantsPermission(
  groups: readonly Pick<SiteGroup, 'id' | 'permissions'>[],
  memberOf: readonly string[],
  permission: string,
): boolean {
  const granting = groups.filter(({ permissions }) => permissions.includes(permission));
  if (granting.some(({ id }) => memberOf.includes(id))) return true;
  return granting.length === 0 && !OF_GROUPS_ALONE.test(permission);
}
