import { randomUUID } from 'node:crypto';
import { choiceOf, choose } from '../settings/choices';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';

/** People who are looked at together, as one agent put them together. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly people: readonly Member[];
}

export interface Member {
  readonly mail: string;
  /** As the directory says it; `''` where it says nothing. */
  readonly name: string;
}

export const GROUPS_MAX = 20;
export const PEOPLE_MAX = 50;
const NAME = 'planning.groups';
const LAST = 'planning.group';
const TITLE_CHARS = 80;
const MAIL = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,189}$/;

/** An address as it is kept; undefined for what is none. */
export function addressOf(text: string): string | undefined {
  const mail = text.trim().toLowerCase();
  return MAIL.test(mail) ? mail : undefined;
}

const cleaned = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, TITLE_CHARS);

const isMember = (value: unknown): value is Member =>
  typeof value === 'object' &&
  value !== null &&
  'mail' in value &&
  'name' in value &&
  typeof value.mail === 'string' &&
  typeof value.name === 'string';

/** Groups of somebody; what cannot be read any more is none. */
export async function groupsOf(table: Tables, person: Person): Promise<readonly Group[]> {
  const text = await choiceOf(table, person, NAME);
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(all)) return [];
    return all.flatMap((one: Partial<Group>) =>
      typeof one.id === 'string' && typeof one.title === 'string' && Array.isArray(one.people)
        ? [{ id: one.id, title: one.title, people: one.people.filter(isMember) }]
        : [],
    );
  } catch {
    return [];
  }
}

/** The one that was looked at last. */
export const lastGroup = (table: Tables, person: Person): Promise<string | undefined> =>
  choiceOf(table, person, LAST);

export const rememberGroup = (table: Tables, person: Person, id: string): Promise<void> =>
  choose(table, person, { name: LAST, value: id });

const keep = (table: Tables, person: Person, groups: readonly Group[]): Promise<void> =>
  choose(table, person, { name: NAME, value: JSON.stringify(groups) });

/** Adds people to a group, which is made where there is none of that id. */
export async function addPeople(
  table: Tables,
  person: Person,
  group: { readonly id: string; readonly title: string },
  people: readonly Member[],
): Promise<{ readonly id: string; readonly isFull: boolean }> {
  const groups = await groupsOf(table, person);
  const there = groups.find(({ id }) => id === group.id);
  if (!there && groups.length >= GROUPS_MAX) return { id: '', isFull: true };
  const base: Group = there ?? { id: randomUUID(), title: cleaned(group.title), people: [] };
  const known = new Set(base.people.map(({ mail }) => mail));
  const fresh = people.filter(({ mail }) => {
    if (known.has(mail)) return false;
    known.add(mail);
    return true;
  });
  const all = [...base.people, ...fresh.map(({ mail, name }) => ({ mail, name: cleaned(name) }))];
  const next = { ...base, people: all.slice(0, PEOPLE_MAX) };
  await keep(
    table,
    person,
    there ? groups.map((one) => (one.id === next.id ? next : one)) : [...groups, next],
  );
  return { id: next.id, isFull: all.length > PEOPLE_MAX };
}

/** Takes somebody out, gives another name, or takes the whole group away. */
export async function changeGroup(
  table: Tables,
  person: Person,
  id: string,
  change: { readonly without?: string; readonly title?: string; readonly isGone?: boolean },
): Promise<boolean> {
  const groups = await groupsOf(table, person);
  const there = groups.find((one) => one.id === id);
  if (!there) return false;
  const title = cleaned(change.title ?? '');
  const next = {
    ...there,
    title: title === '' ? there.title : title,
    people: there.people.filter(({ mail }) => mail !== change.without),
  };
  await keep(
    table,
    person,
    change.isGone
      ? groups.filter((one) => one.id !== id)
      : groups.map((one) => (one.id === id ? next : one)),
  );
  return true;
}
