import { initialsOf, type PluginResponse, tintOf } from 'estafette/plugin';
import type { Named } from '../addition';
import { addPeople } from './add';
import { type Desk, hrefOf, isWritable } from './common';
import { sideOf } from './list';
import { outcomeOf } from './texts';

const PAGE_PEOPLE = 50;

/** Whom the person wrote to: the platform remembers them, nobody else sees them. */
export async function showCollected(desk: Desk): Promise<PluginResponse> {
  const { request, context, store, person, books, t } = desk;
  if (!request.as) return { status: 404 };
  const q = (request.query['q'] ?? '').slice(0, 100);
  const number = Number(request.query['page'] ?? '1');
  const page = Number.isInteger(number) && number > 0 && number < 1_000 ? number : 1;
  const { people, total } = await context.correspondents(request.as).list({
    query: q,
    offset: (page - 1) * PAGE_PEOPLE,
    limit: PAGE_PEOPLE,
  });
  const mails = people.map(({ mail }) => mail);
  const { cards } = await store.list(person, { mails, limit: 500 });
  const pages = Math.max(1, Math.ceil(total / PAGE_PEOPLE));
  const at = (to: number) => hrefOf(context, 'collected', { q, page: to === 1 ? '' : to });
  return {
    view: 'collected',
    title: t('contacts:collected.title'),
    model: {
      side: sideOf(desk, 'collected'),
      action: hrefOf(context, 'collected'),
      q,
      total,
      people: people.map(({ name, mail, uses, lastUsed }) => {
        const card = cards.find((one) => one.mails.includes(mail.toLowerCase()));
        return {
          name: name === '' ? mail : name,
          mail,
          uses,
          lastUsed: new Date(lastUsed).toISOString(),
          initials: initialsOf(name === '' ? mail : name),
          tint: tintOf(mail),
          photoHref: '',
          isGroup: false,
          href: card ? hrefOf(context, '', { id: card.id }) : '',
        };
      }),
      books: books.filter(isWritable).map(({ id, title }) => ({ id, title })),
      pages: {
        count: pages,
        current: page,
        previous: page > 1 ? at(page - 1) : '',
        next: page < pages ? at(page + 1) : '',
      },
      outcome: outcomeOf(request.query),
      actions: { restore: hrefOf(context, 'restore'), undo: hrefOf(context, 'undo') },
    },
  };
}

/** Adds those that are ticked to a book, or forgets them; `all` forgets everybody. */
export async function changeCollected(desk: Desk): Promise<PluginResponse> {
  const { request, context } = desk;
  if (!request.as) return { status: 404 };
  const { what, q = '' } = request.body;
  const back = (query: Readonly<Record<string, string | number>>): PluginResponse => ({
    redirect: hrefOf(context, 'collected', { q, ...query }),
  });
  const known = context.correspondents(request.as);
  if (what === 'all') return back({ done: 'forgotten', count: await known.forget() });
  const mails = [...new Set(request.lists['mail'] ?? [])].slice(0, PAGE_PEOPLE);
  if (mails.length === 0) return back({ failed: 'none' });
  if (what === 'forget') return back({ done: 'forgotten', count: await known.forget(mails) });
  if (what !== 'add') return { status: 404 };
  const book = desk.books.find((one) => one.id === request.body['book'] && isWritable(one));
  if (!book) return back({ failed: 'book' });
  const count = await addTo(desk, book.id, mails);
  return back(count === 0 ? { failed: 'nothing' } : { done: 'added', count });
}

/** Contacts of those who are in no book yet, by the names that they were written to. */
async function addTo(desk: Desk, book: string, mails: readonly string[]): Promise<number> {
  const { request, context } = desk;
  if (!request.as) return 0;
  const met: Named[] = [];
  for (const mail of mails) {
    const { people } = await context.correspondents(request.as).list({ query: mail, limit: 20 });
    const one = people.find((found) => found.mail === mail);
    // Only whom the platform knows: a form of somebody else brings no contacts.
    if (one) met.push({ name: one.name, mail });
  }
  return addPeople(desk, book, met);
}
