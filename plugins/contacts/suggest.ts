import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from './config';
import { line, scoreOf } from './known';
import { membersOf } from './pages/members';
import { type CardRow, contactOf, createStore, type Person } from './store';
import { bestCards } from './store/best';

type Context = PluginContext<ContactsConfig>;

interface Asked {
  readonly query: string;
  readonly limit: number;
  readonly only?: 'lists' | undefined;
}

const PLUGIN = 'contacts';
const MAIL = /^[^\s<>@]+@[^\s<>@]+$/;
const MAX_MAIL_CHARS = 254;
/** Read beyond what is shown, so that the best are among them. */
const READ = 40;
/** Beside whom they hold. */
const GROUPS = 5;
const isMail = (mail: string): boolean => MAIL.test(mail) && mail.length <= MAX_MAIL_CHARS;

/** Contacts whose name or address answers what is typed in an address field, and groups. */
export async function suggestContacts(
  context: Context,
  person: Person,
  { query, limit, only }: Asked,
) {
  const best = (asked: { readonly limit: number; readonly kind?: string }) =>
    bestCards((name) => context.db.table(name), person, { text: query, isNamed: true, ...asked });
  const [people, groups] = await Promise.all([
    only === 'lists' ? [] : best({ limit: READ }),
    best({ kind: 'group', limit: GROUPS }),
  ]);
  const single = people
    .filter(({ kind }) => kind !== 'group')
    .flatMap((card) => card.mails.map((mail) => ({ ...suggestionOf(card, query), mail })));
  const grouped = groups.map((card) => {
    const [mail = ''] = card.mails;
    const list = { id: card.id, kind: 'group' as const, count: card.memberCount };
    return { ...suggestionOf(card, query), mail, ...(list.count > 0 && { list }) };
  });
  return [...single, ...grouped]
    .filter((one) => isMail(one.mail) || (one.mail === '' && 'list' in one && one.name !== ''))
    .sort((one, other) => other.score - one.score)
    .slice(0, limit * 2);
}

const suggestionOf = (card: CardRow, query: string) => ({
  name: line(card.name),
  source: PLUGIN,
  score: scoreOf(card, query),
});

/** Members of a group that can be written to; nothing for a card that the person does not reach. */
export async function membersFor(
  context: Context,
  person: Person,
  {
    plugin,
    list,
    limit,
  }: { readonly plugin: string; readonly list: string; readonly limit: number },
) {
  if (plugin !== PLUGIN) return undefined;
  const store = createStore(context);
  const card = await store.cardById(person, list);
  const group = card?.kind === 'group' ? contactOf(card.text) : undefined;
  if (!group) return undefined;
  const named = group.members.slice(0, limit);
  const found = await membersOf({ store, person, context }, { ...group, members: named });
  return {
    members: found
      .filter(({ mail }) => isMail(mail))
      .map(({ name, mail }) => ({ name: name === mail ? '' : line(name), mail })),
    isCut: group.members.length > limit,
  };
}
