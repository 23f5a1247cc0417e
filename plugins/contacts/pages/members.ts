import type { Contact } from '../card';
import { memberOf, uidsOf } from '../card/member';
import type { CardRow, StoredCard } from '../store';
import { composeTo, type Desk, hrefOf, isWritable } from './common';

/** A page shows no more. */
const GROUPS_MAX = 500;
/** Each is looked for in every group. */
const MAILS_MAX = 50;
/** A page lists no more members of a group; the list of its book has the others. */
const MEMBERS_SHOWN = 200;
/** As many addresses as a link carries: longer ones are refused on the way. */
const WRITTEN_BY_LINK = 100;
const MAIL = /^[^\s<>@,;]+@[^\s<>@,;]+$/;
const MAILTO = /^mailto:/i;

const mailOf = (member: string): string => {
  if (!MAILTO.test(member)) return '';
  const [address = ''] = member.replace(MAILTO, '').split('?');
  try {
    return decodeURIComponent(address);
  } catch {
    return address; // a lone %: shown as it was written
  }
};

export interface Member {
  /** As the group writes it. */
  readonly member: string;
  readonly name: string;
  readonly mail: string;
  /** Page of the contact; `''` for an address alone, or a contact that is gone. */
  readonly href: string;
  /** Its contact is in no book that the person reaches. */
  readonly isGone: boolean;
}

/** Who is in a group, in its order, also those whose contact is gone. */
export async function membersOf(
  { store, person, context }: Pick<Desk, 'store' | 'person' | 'context'>,
  group: Contact,
): Promise<readonly Member[]> {
  const uids = group.members.filter((one) => !MAILTO.test(one)).flatMap(uidsOf);
  // Made once: a group may have thousands of members.
  const byUid = new Map<string, CardRow>();
  for (let from = 0; from < uids.length; from += 200) {
    const some = uids.slice(from, from + 200);
    const { cards } = await store.list(person, { uids: some, limit: 1_000 });
    for (const card of cards) if (!byUid.has(card.uid)) byUid.set(card.uid, card);
  }
  return group.members.map((member) => {
    const mail = mailOf(member);
    if (mail !== '') return { member, name: mail, mail, href: '', isGone: false };
    const uid = uidsOf(member).find((one) => byUid.has(one));
    const card = uid === undefined ? undefined : byUid.get(uid);
    if (!card) return { member, name: '', mail: '', href: '', isGone: true };
    return {
      member,
      name: card.name,
      mail: card.mails[0] ?? '',
      href: hrefOf(context, '', { id: card.id }),
      isGone: false,
    };
  });
}

/** The members of a group that its page lists, and what it says of the others: only their uids are looked up. */
export async function membersShown(
  desk: Pick<Desk, 'store' | 'person' | 'context'>,
  group: Contact,
) {
  const members = await membersOf(desk, {
    ...group,
    members: group.members.slice(0, MEMBERS_SHOWN),
  });
  const others = group.members.slice(MEMBERS_SHOWN);
  const there = await desk.store.uidsThere(
    desk.person,
    others.filter((one) => !MAILTO.test(one)).flatMap(uidsOf),
  );
  const reached = others.filter(
    (one) => MAILTO.test(one) || uidsOf(one).some((uid) => there.has(uid)),
  );
  const mails = mailsOf(members);
  const isWrittenByName = mails.length + reached.length > WRITTEN_BY_LINK;
  const more = isWrittenByName ? [] : await membersOf(desk, { ...group, members: reached });
  const written = isWrittenByName ? [] : [...mails, ...mailsOf(more)];
  return {
    members,
    memberCount: group.members.length,
    goneCount: members.filter(({ isGone }) => isGone).length + others.length - reached.length,
    unshownCount: others.length,
    isWrittenByName,
    writeHref: written.length === 0 ? '' : composeTo(written),
  };
}

const mailsOf = (members: readonly Member[]): readonly string[] =>
  members.flatMap(({ mail }) => (MAIL.test(mail) ? [mail] : []));

/** Groups of the same book: those that hold a card, and those that may. */
export async function groupsWith(
  { store, person, books, context }: Desk,
  stored: StoredCard,
  contact: Contact,
) {
  const { cards } = await store.list(person, {
    book: stored.book,
    kind: 'group',
    limit: GROUPS_MAX,
    isCounted: false,
  });
  const canChange = books.some((book) => book.id === stored.book && isWritable(book));
  const own = [memberOf(contact.uid), ...contact.mails.map(({ value }) => `mailto:${value}`)];
  const holding = await store.list(person, {
    book: stored.book,
    holding: own.slice(0, MAILS_MAX),
    limit: GROUPS_MAX,
    isCounted: false,
  });
  const ids = new Set(holding.cards.map(({ id }) => id));
  return cards.map(({ id, name }) => ({
    id,
    name,
    isIn: ids.has(id),
    canChange,
    href: hrefOf(context, '', { id }),
  }));
}
