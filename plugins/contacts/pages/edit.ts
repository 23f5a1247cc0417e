import type { PluginResponse } from 'estafette/plugin';
import { contactsOf } from '../addition';
import { type Contact, EMPTY_CONTACT, writeCard } from '../card';
import { type Book, contactOf, type Refusal, type StoredCard } from '../store';
import { type Desk, hrefOf, isWritable, oneOf } from './common';
import {
  type CardForm,
  contactWith,
  differencesOf,
  errorsOf,
  formOf,
  LIMITS,
  LINES_MAX,
  MAIL_TYPES,
  PHONE_TYPES,
  PLACE_TYPES,
  sentForm,
  withLine,
  withRoom,
} from './form';
import { drafted } from './hooks';
import { sideOf } from './list';
import { idOnce, newMark } from './once';
import { TYPE_TEXTS } from './texts';

const KINDS = ['individual', 'group', 'org'] as const;

const REFUSALS: Readonly<Record<Refusal, string>> = {
  missing: 'contacts:failed.gone',
  rights: 'contacts:failed.rights',
  'not-a-card': 'contacts:failed.card',
  'too-large': 'contacts:failed.large',
  full: 'contacts:failed.full',
  quota: 'contacts:failed.quota',
  denied: 'contacts:failed.denied',
  uri: 'contacts:failed.card',
};

interface Editing {
  /** Of a card that is there; absent for a new one. */
  readonly stored?: StoredCard | undefined;
  readonly book: Book;
  readonly form: CardForm;
  /** Line that was added, whose field takes the focus. */
  readonly added?: string;
  /** Version that a save would replace. */
  readonly etag: string;
  readonly status?: number;
  /** Key of a text above the form. */
  readonly problem?: string;
  readonly differences?: ReturnType<typeof differencesOf>;
}

const optionsOf = (types: readonly (keyof typeof TYPE_TEXTS)[]) =>
  types.map((type) => ({ type, label: TYPE_TEXTS[type] }));

function formPage(desk: Desk, editing: Editing): PluginResponse {
  const { context, t } = desk;
  const { stored, book, form, problem = '', differences = [] } = editing;
  const isGroup = form.kind === 'group';
  const title = t(
    stored
      ? 'contacts:edit.title'
      : isGroup
        ? 'contacts:edit.newGroup'
        : 'contacts:edit.newContact',
  );
  const figures = new Intl.NumberFormat(desk.request.locale);
  const errors = editing.status === 422 ? errorsOf(form) : [];
  return {
    view: 'edit',
    title,
    status: editing.status ?? 200,
    model: {
      side: sideOf(desk, `book ${book.id}`),
      heading: title,
      action: hrefOf(context, 'edit'),
      id: stored?.id ?? '',
      once: desk.request.body['once'] ?? newMark(),
      book: book.id,
      bookTitle: book.title,
      etag: editing.etag,
      isGroup,
      form: isGroup ? form : withRoom(form),
      errors: errors.map(({ field, key, max = 0 }) => ({
        field,
        text: t(key, { max: figures.format(max) }),
      })),
      limits: LIMITS,
      linesMax: LINES_MAX,
      added: editing.added ?? '',
      mailTypes: optionsOf(MAIL_TYPES),
      phoneTypes: optionsOf(PHONE_TYPES),
      placeTypes: optionsOf(PLACE_TYPES),
      problem,
      differences,
      backHref: stored
        ? hrefOf(context, '', { id: stored.id })
        : hrefOf(context, '', { book: book.id }),
    },
  };
}

/** An empty form, with what the address brings, or that of a card. */
export async function showEdit(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, books } = desk;
  const { query } = request;
  if (query['id'] !== undefined) {
    const stored = await store.cardById(person, query['id']);
    const book = books.find(({ id }) => id === stored?.book);
    const contact = stored && contactOf(stored.text);
    if (!stored || !contact || !book) return { status: 404 };
    if (!isWritable(book)) return { status: 403 };
    return formPage(desk, {
      stored,
      book,
      form: formOf(contact, request.locale),
      etag: stored.etag,
    });
  }
  const book = bookFor(books, query['book']);
  if (!book) return { status: 404 };
  return formPage(desk, { book, form: formOf(await newContact(desk), request.locale), etag: '' });
}

async function newContact({ context, request, person }: Desk): Promise<Contact> {
  const { name = '', mail = '', kind } = request.query;
  if (kind === 'group') return { ...EMPTY_CONTACT, kind: 'group', name };
  const { site, user, as } = person;
  const [contact] = await contactsOf(context, { site, user, ...(as && { as }) }, [{ name, mail }]);
  return contact ?? EMPTY_CONTACT;
}

const bookFor = (books: readonly Book[], id: string | undefined): Book | undefined =>
  books.find((book) => isWritable(book) && (id === undefined || book.id === id));

/** Saves what was typed, or gives the form back with a line more. */
export async function save(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, books } = desk;
  const { body, lists } = request;
  const id = body['id'] ?? '';
  const stored = id === '' ? undefined : await store.cardById(person, id);
  const book = stored ? books.find((one) => one.id === stored.book) : bookFor(books, body['book']);
  if (!book) return { status: 404 };
  if (!isWritable(book)) return { status: 403 };
  const before = stored && contactOf(stored.text);
  const kind = before?.kind ?? oneOf(KINDS, body['kind']) ?? 'individual';
  const form = sentForm(lists, kind);
  const etag = body['etag'] ?? '';
  const editing = { stored, book, form, etag };
  const add = body['add'];
  if (add !== undefined) {
    const longer = withLine(form, add);
    return formPage(desk, { ...editing, form: longer, added: add });
  }
  if (errorsOf(form).length > 0) return formPage(desk, { ...editing, status: 422 });
  if (id !== '' && !stored) {
    // Deleted in another window: what was typed makes a new contact, once somebody says so.
    return formPage(desk, {
      ...editing,
      etag: '',
      status: 409,
      problem: 'contacts:conflict.deleted',
    });
  }
  const fresh = { ...EMPTY_CONTACT, uid: idOnce(body['once'], book.id, JSON.stringify(form)) };
  const typed = contactWith(form, before ?? fresh);
  const contact = await drafted(desk, typed, {
    op: stored ? 'change' : 'create',
    book: book.id,
  });
  if (stored && before && etag !== stored.etag)
    return conflict(desk, { ...editing, stored }, contact);
  const text = writeCard(contact, stored?.text);
  const uri = stored?.uri ?? `${contact.uid}.vcf`;
  const put = await store.put(
    person,
    book.id,
    uri,
    text,
    stored ? { ifMatch: etag } : { ifNoneMatch: true },
  );
  const to = (saved: string): PluginResponse => ({
    redirect: hrefOf(desk.context, '', { book: book.id, id: saved, done: 'saved' }),
  });
  if (put.kind === 'conflict' && !stored) {
    const made = await store.card(person, book.id, uri);
    if (made) return to(made.id);
  }
  if (put.kind === 'conflict') {
    const now = await store.cardById(person, id);
    if (now) return conflict(desk, { ...editing, stored: now }, contact);
  }
  if (put.kind === 'created' || put.kind === 'updated') return to(put.id);
  const problem = put.kind === 'refused' ? REFUSALS[put.reason] : 'contacts:failed.twice';
  return formPage(desk, { ...editing, status: 422, problem });
}

/** Both versions side by side: the one that was typed is in the form, and nothing is written yet. */
function conflict(
  desk: Desk,
  editing: Editing & { readonly stored: StoredCard },
  mine: Contact,
): PluginResponse {
  const theirs = contactOf(editing.stored.text) ?? EMPTY_CONTACT;
  return formPage(desk, {
    ...editing,
    etag: editing.stored.etag,
    status: 409,
    problem: 'contacts:conflict.changed',
    differences: differencesOf(mine, theirs, desk.request.locale),
  });
}
