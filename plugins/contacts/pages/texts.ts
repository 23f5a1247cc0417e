import type { Typed } from '../card';
import type { Fault, Reason } from '../remote/types';
import type { PlainField } from './form';

/** Keys of texts, whole: a contract finds the ones that nothing uses. */
export const TYPE_TEXTS: Readonly<Record<Typed['type'], string>> = {
  work: 'contacts:type.work',
  home: 'contacts:type.home',
  cell: 'contacts:type.cell',
  fax: 'contacts:type.fax',
  pager: 'contacts:type.pager',
  other: 'contacts:type.other',
};

export const FIELD_TEXTS: Readonly<
  Record<PlainField | 'mails' | 'phones' | 'urls' | 'addresses', string>
> = {
  name: 'contacts:field.name',
  given: 'contacts:field.given',
  additional: 'contacts:field.additional',
  family: 'contacts:field.family',
  prefix: 'contacts:field.prefix',
  suffix: 'contacts:field.suffix',
  nickname: 'contacts:field.nickname',
  organization: 'contacts:field.organization',
  unit: 'contacts:field.unit',
  title: 'contacts:field.title',
  role: 'contacts:field.role',
  birthday: 'contacts:field.birthday',
  anniversary: 'contacts:field.anniversary',
  categories: 'contacts:field.categories',
  note: 'contacts:field.note',
  mails: 'contacts:field.mails',
  phones: 'contacts:field.phones',
  urls: 'contacts:field.urls',
  addresses: 'contacts:field.addresses',
};

/** What a page says was done before it, by the word of its address. */
export const DONE_TEXTS: Readonly<Record<string, string>> = {
  saved: 'contacts:done.saved',
  deleted: 'contacts:done.deleted',
  forgotten: 'contacts:done.forgotten',
  added: 'contacts:done.added',
  deletedAll: 'contacts:done.deletedAll',
  movedAll: 'contacts:done.movedAll',
  copiedAll: 'contacts:done.copiedAll',
  groupedAll: 'contacts:done.groupedAll',
  categorised: 'contacts:done.categorised',
  uncategorised: 'contacts:done.uncategorised',
  restored: 'contacts:done.restored',
  moved: 'contacts:done.moved',
  copied: 'contacts:done.copied',
  merged: 'contacts:done.merged',
  undone: 'contacts:done.undone',
  purged: 'contacts:done.purged',
  purgedAll: 'contacts:done.purgedAll',
  photo: 'contacts:done.photo',
  member: 'contacts:done.member',
  book: 'contacts:done.book',
  bookDeleted: 'contacts:done.bookDeleted',
  bookLeft: 'contacts:done.bookLeft',
  shared: 'contacts:done.shared',
  unshared: 'contacts:done.unshared',
};

/** What a page says could not be done. */
export const FAILED_TEXTS: Readonly<Record<string, string>> = {
  nobody: 'contacts:failed.nobody',
  unsure: 'contacts:failed.unsure',
  none: 'contacts:failed.none',
  noMail: 'contacts:failed.noMail',
  nothing: 'contacts:failed.nothing',
  book: 'contacts:failed.book',
  group: 'contacts:failed.group',
  category: 'contacts:failed.category',
  gone: 'contacts:failed.gone',
  full: 'contacts:failed.full',
  quota: 'contacts:failed.quota',
  exported: 'contacts:export.large',
  twice: 'contacts:failed.twice',
  rights: 'contacts:failed.rights',
  changed: 'contacts:failed.changed',
  photoType: 'contacts:failed.photoType',
  photoSize: 'contacts:failed.photoSize',
  photoBroken: 'contacts:failed.photoBroken',
  photoWide: 'contacts:failed.photoWide',
  member: 'contacts:failed.member',
  kept: 'contacts:failed.kept',
  title: 'contacts:failed.title',
  books: 'contacts:failed.books',
  mail: 'contacts:failed.mail',
  self: 'contacts:failed.self',
  shares: 'contacts:failed.shares',
};

/** What is wrong with an account of elsewhere. */
export const FAULT_TEXTS: Readonly<Record<Fault, string>> = {
  password: 'contacts:accounts.failed.password',
  refused: 'contacts:accounts.failed.refused',
  unreachable: 'contacts:accounts.failed.unreachable',
  'not-carddav': 'contacts:accounts.failed.not-carddav',
  address: 'contacts:accounts.failed.address',
  'too-much': 'contacts:accounts.failed.too-much',
  nonsense: 'contacts:accounts.failed.nonsense',
};

/** Why a contact of elsewhere has no copy. */
export const LEFT_TEXTS: Readonly<Record<Reason, string>> = {
  'too-large': 'contacts:accounts.left.too-large',
  'not-a-card': 'contacts:accounts.left.not-a-card',
  twin: 'contacts:accounts.left.twin',
  full: 'contacts:accounts.left.full',
  unread: 'contacts:accounts.left.unread',
};

const own = (all: Readonly<Record<string, string>>, word: string | undefined): string =>
  (word !== undefined && Object.hasOwn(all, word) && all[word]) || '';

const numberOf = (word: string | undefined): number =>
  /^\d{1,6}$/.test(word ?? '') ? Number(word) : 0;

type Texts = Readonly<Record<string, string>>;

/** The sentence above a page, from its address. */
export const outcomeOf = (query: Readonly<Record<string, string>>) =>
  outcomeIn({ done: DONE_TEXTS, failed: FAILED_TEXTS }, query);

/** The same for a page that has sentences of its own. */
export const outcomeIn = (
  texts: { readonly done: Texts; readonly failed: Texts },
  query: Readonly<Record<string, string>>,
) => ({
  done: own(texts.done, query['done']),
  failed: own(texts.failed, query['failed']),
  restore: query['restore'] ?? '',
  undo: query['undo'] ?? '',
  count: numberOf(query['count']),
  missed: numberOf(query['missed']),
});
