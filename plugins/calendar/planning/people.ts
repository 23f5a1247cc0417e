import type { Context, Desk } from '../pages/common';
import { addressOf, type Member, PEOPLE_MAX } from './groups';

type Directory = NonNullable<ReturnType<Context['directory']>>;
type Entry = Awaited<ReturnType<Directory['search']>>[number];

/** Words of a name are looked for from two characters on. */
const WORD_CHARS = 2;
/** Attributes that say of which service somebody is, the nearest first. */
const SERVICES = ['departmentnumber', 'department', 'ou'] as const;
const OWN_NAMES: Readonly<Record<(typeof SERVICES)[number], string>> = {
  departmentnumber: 'departmentNumber',
  department: 'department',
  ou: 'ou',
};

const memberOf = ({ mails, name }: Entry): readonly Member[] => {
  const mail = addressOf(mails[0] ?? '');
  return mail === undefined ? [] : [{ mail, name }];
};

/** Whom a typed text means: an address, people of that name, or the members of a list. */
export async function meant({ context, person }: Desk, text: string): Promise<readonly Member[]> {
  const directory = context.directory(person.site);
  const mail = addressOf(text);
  if (mail !== undefined) {
    const entry = (await directory?.byMail([mail]).catch(() => undefined))?.get(mail);
    if (entry?.type === 'group' && directory) return membersOf(directory, entry);
    return [{ mail, name: entry?.name ?? '' }];
  }
  if (!directory || text.trim().length < WORD_CHARS) return [];
  const entries = await directory.search(text.trim().slice(0, 100), { limit: 20 });
  const [only] = entries;
  if (entries.length === 1 && only?.type === 'group') return membersOf(directory, only);
  return entries.flatMap(memberOf);
}

async function membersOf(directory: Directory, { dn }: Entry): Promise<readonly Member[]> {
  const answer = await directory.find({
    base: dn,
    scope: 'base',
    where: { all: [] },
    attributes: ['member', 'uniqueMember'],
  });
  const names = answer.entries.flatMap(({ attributes }) => [
    ...(attributes['member'] ?? []),
    ...(attributes['uniquemember'] ?? []),
  ]);
  const people: Member[] = [];
  for (const name of names.slice(0, PEOPLE_MAX)) {
    const entry = await directory.entry(name);
    if (entry) people.push(...memberOf(entry));
  }
  return people;
}

/** People of one's own service, and what it is called; undefined where the directory says none. */
export async function ownService({
  context,
  person,
}: Desk): Promise<{ readonly title: string; readonly people: readonly Member[] } | undefined> {
  const directory = context.directory(person.site);
  if (!directory || !person.as) return undefined;
  const own = await context.ownEntry(person.as);
  for (const attribute of SERVICES) {
    const value = own?.attributes[attribute]?.[0];
    if (value === undefined || value === '') continue;
    const { entries } = await directory.find({
      where: { all: [{ attribute: OWN_NAMES[attribute], is: value }] },
      limit: 200,
    });
    const people = entries
      .filter(({ type }) => type === 'person')
      .flatMap(memberOf)
      .slice(0, PEOPLE_MAX);
    if (people.length > 1) return { title: value, people };
  }
  return own && branchOf(directory, own.dn);
}

/** Directories whose branches are services say it by where an entry stands. */
async function branchOf(directory: Directory, dn: string) {
  // A comma of a name is written with a backslash (RFC 4514 2.4).
  const base = /^(?:\\.|[^,\\])+,(.+)$/s.exec(dn)?.[1];
  if (base === undefined) return undefined;
  const { entries, isCut } = await directory.find({
    base,
    scope: 'one',
    where: { all: [] },
    limit: 200,
  });
  const people = entries.filter(({ type }) => type === 'person').flatMap(memberOf);
  if (isCut || people.length < 2) return undefined;
  const code = /^[^=]+=((?:\\.|[^,\\])+)/.exec(base)?.[1]?.replace(/\\(.)/g, '$1') ?? base;
  // What the service is called, rather than what its branch is.
  const title = (await directory.entry(base))?.name || code;
  return { title, people: people.slice(0, PEOPLE_MAX) };
}
