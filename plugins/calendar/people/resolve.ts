import type { Desk } from '../pages/common';
import type { Member } from '../planning/groups';
import { meant } from '../planning/people';
import { type Attendee, PEOPLE_MAX } from './attendees';
import { type PeopleTyped, personIn, personOf, piecesOfList } from './typed';

/** Names of one list are looked for; more of them are addresses, or are left to be typed. */
const NAMES_MAX = 20;

/** What became of what was typed: people who were added, what is left, and whom it may mean. */
export interface Resolved {
  readonly people: PeopleTyped;
  readonly matches: readonly Member[];
  /** Words that mean nobody. */
  readonly unknown: readonly string[];
  readonly isFull: boolean;
}

/** Adds people who were typed by address, by name, or as a list of the directory. */
export async function resolve(desk: Desk, typed: PeopleTyped): Promise<Resolved> {
  const found = new Map(typed.attendees.map((one) => [one.mail, one]));
  const matches: Member[] = [];
  const unknown: string[] = [];
  let left = NAMES_MAX;
  let isFull = false;
  const add = (one: Attendee): void => {
    if (found.has(one.mail)) return;
    if (found.size >= PEOPLE_MAX) isFull = true;
    else found.set(one.mail, one);
  };
  for (const piece of [...piecesOfList(typed.who), ...piecesOfList(typed.list)].slice(0, 1_000)) {
    const person = personIn(piece);
    left -= 1;
    const members = left >= 0 ? await meant(desk, person?.mail ?? piece).catch(() => []) : [];
    // An address is somebody, whatever the directory knows; one of a list is all who are in it.
    if (person) {
      const isList = members.length > 1 || (members[0] && members[0].mail !== person.mail);
      if (isList) for (const { mail, name } of members) add(personOf(mail, name));
      else add({ ...person, name: person.name || (members[0]?.name ?? '') });
    } else if (members.length === 1 && members[0]) add(personOf(members[0].mail, members[0].name));
    else if (members.length > 1) {
      matches.push(...members);
      unknown.push(piece);
    } else unknown.push(piece);
  }
  return {
    people: {
      ...typed,
      attendees: [...found.values()],
      who: unknown.join(', ').slice(0, 254),
      list: '',
    },
    matches: matches.slice(0, 50),
    unknown,
    isFull,
  };
}
