import { initialsOf, telHref, tintOf } from 'estafette/plugin';
import type { Contact, Typed } from '../card';
import { contactOf, type StoredCard } from '../store';
import { composeTo, type Desk, hrefOf, isWritable } from './common';
import { dayText } from './days';
import { groupsWith, membersShown } from './members';
import { photoHref } from './photo';
import { TYPE_TEXTS } from './texts';

const MAIL = /^[^\s<>@,;]+@[^\s<>@,;]+$/;
const WEB = /^https?:\/\//i;

const mailOf = (one: Typed) => ({
  text: one.value,
  href: MAIL.test(one.value) ? composeTo([one.value]) : '',
  label: TYPE_TEXTS[one.type],
  isPreferred: one.isPreferred === true,
});

const phoneOf = (one: Typed) => ({
  text: one.value,
  href: telHref(one.value),
  label: TYPE_TEXTS[one.type],
  isPreferred: one.isPreferred === true,
});

/** The link is for the person to follow: nobody is asked for an address from here. */
const addressOf = (one: Contact['addresses'][number], map: string) => {
  const lines = [
    one.box,
    one.extended,
    one.street,
    [one.code, one.city].filter((part) => part !== '').join(' '),
    one.region,
    one.country,
  ]
    .flatMap((line) => line.split(/\r?\n/))
    .filter((line) => line.trim() !== '');
  return {
    lines,
    label: TYPE_TEXTS[one.type],
    mapHref: map.replace('{address}', encodeURIComponent(lines.join(', '))),
  };
};

const webOf = ({ value }: Typed) => ({ text: value, href: WEB.test(value) ? value : '' });

/** A card as its page shows it: every text as it was written. */
export async function cardModel(desk: Desk, stored: StoredCard) {
  const { books, context } = desk;
  const contact = contactOf(stored.text);
  const book = books.find(({ id }) => id === stored.book);
  if (!contact || !book) return undefined;
  const mails = contact.mails.map(mailOf);
  const phones = contact.phones.map(phoneOf);
  const isGroup = contact.kind === 'group';
  const { writeHref, ...group } = await membersShown(
    desk,
    isGroup ? contact : { ...contact, members: [] },
  );
  const first = contact.mails[0]?.value ?? '';
  const can = isWritable(book);
  const { map } = context.config(desk.request);
  return {
    id: stored.id,
    name: contact.name === '' ? desk.t('contacts:list.nameless') : contact.name,
    isGroup,
    initials: initialsOf(contact.name),
    tint: tintOf(first === '' ? contact.name : first),
    photoHref: photoHref(context, stored),
    nickname: contact.nickname,
    title: contact.title,
    role: contact.role,
    organization: [contact.organization, contact.unit].filter((part) => part !== '').join(' › '),
    mails,
    phones,
    callHref: phones.find(({ href }) => href !== '')?.href ?? '',
    addresses: contact.addresses
      .map((one) => addressOf(one, map))
      .filter(({ lines }) => lines.length > 0),
    urls: contact.urls.map(webOf),
    impps: contact.impps.map(({ value }) => value),
    birthday: dayText(contact.birthday, desk.request.locale),
    anniversary: dayText(contact.anniversary, desk.request.locale),
    note: contact.note,
    categories: contact.categories.map((name) => ({
      name,
      href: hrefOf(context, '', { category: name }),
    })),
    book: book.title,
    owner: book.owner,
    etag: stored.etag,
    isFavourite: stored.isFavourite,
    isReadOnly: !can,
    writeHref: isGroup
      ? writeHref
      : (mails.find(({ isPreferred, href }) => isPreferred && href !== '')?.href ??
        mails.find(({ href }) => href !== '')?.href ??
        ''),
    editHref: can ? hrefOf(context, 'edit', { id: stored.id }) : '',
    ...group,
    groups: isGroup ? [] : await groupsWith(desk, stored, contact),
    targets: books
      .filter((one) => isWritable(one) && one.id !== stored.book)
      .map(({ id, title }) => ({ id, title })),
  };
}
