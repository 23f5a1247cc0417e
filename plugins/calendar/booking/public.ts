import type { PluginRequest, PluginResponse } from 'estafette/plugin';
import { type Context, hrefOf } from '../pages/common';
import { addressOf } from '../planning/groups';
import type { Tables } from '../store/tables';
import { DAY_MS, MINUTE_MS } from '../time/days';
import type { Zone } from '../time/zone';
import { appointmentHref, book, letGo } from './appointments';
import { BookingRefused } from './event';
import { tell } from './mails';
import { pageAt } from './pages';
import { spanOf } from './slots';
import { freeOf } from './taken';
import { guestZone, OTHERS_MAX, slotIn, slotText, timesModel, whenText } from './times';
import type { BookingPage, Guest } from './types';

const LIMITS = { name: 150, mail: 254, phone: 40, comment: 1_000 } as const;
const PHONE = /^[+()\d\s.-]{6,40}$/;
/** Whether who asks may book on a page: what its agent says, within what the site allows. */
const mayBook = ({ site, user }: PluginRequest, context: Context, { said }: BookingPage): boolean =>
  user !== undefined || (said.audience === 'public' && context.config(site).booking === 'public');

/** The page of an address that can be booked today; undefined for all others alike. */
async function openPage(
  { site, params }: PluginRequest,
  context: Context,
): Promise<BookingPage | undefined> {
  if (context.config(site).booking === 'none') return undefined;
  const slug = params['slug'] ?? '';
  const page =
    slug.length > 64 ? undefined : await pageAt((name) => context.db.table(name), site, slug);
  return page?.said.isActive ? page : undefined;
}

/** What stands above: with whom, what for, how long, where. */
export function aboutModel(
  { locale, site }: Pick<PluginRequest, 'locale' | 'site'>,
  context: Context,
  { name, said }: BookingPage,
) {
  const t = context.text(locale);
  return {
    title: said.title,
    name,
    site: context.site(site).title,
    description: said.description,
    length: t('calendar:length.minutes', { minutes: said.lengthMinutes }),
    where:
      said.where === 'phone'
        ? t('calendar:booking.where.phone')
        : said.where === 'video'
          ? t('calendar:booking.where.video')
          : said.place,
  };
}

/** Days and times of a page, or its form once a time is chosen. */
export async function showBook(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const page = await openPage(request, context);
  if (!page) return { status: 404 };
  if (!mayBook(request, context, page)) return closed(request, context, page);
  if (request.query['sent'] === '1') return sent(request, context, page);
  const zone = await guestZone(context, page, request.query['zone']);
  const start = slotIn(request.query['slot']);
  if (start !== undefined) {
    const { user } = request;
    const typed = { ...NOTHING, name: user?.name ?? '', mail: user?.mail ?? '' };
    return form({ request, context, page, zone }, { typed, start });
  }
  return {
    view: 'booking-book',
    title: page.said.title,
    model: {
      about: aboutModel(request, context, page),
      times: await timesModel({
        request,
        context,
        page,
        zone,
        path: `book/${page.slug}`,
        query: request.query['zone'] === undefined ? {} : { zone: zone.id },
      }),
    },
  };
}

interface At {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly page: BookingPage;
  readonly zone: Zone;
}

const NOTHING: Guest = { name: '', mail: '', phone: '', reason: '', comment: '' };

/** The form of a time; with others to choose from where somebody else has it. */
async function form(
  { request, context, page, zone }: At,
  {
    typed,
    start,
    errors = {},
    fault = '',
    status = 200,
  }: {
    readonly typed: Guest;
    readonly start: number;
    readonly errors?: Readonly<Record<string, string>>;
    readonly fault?: string;
    readonly status?: number;
  },
): Promise<PluginResponse> {
  const { said, slug } = page;
  const { locale } = request;
  const t = context.text(locale);
  const table: Tables = (name) => context.db.table(name);
  const length = said.lengthMinutes * MINUTE_MS;
  const isFree = (await freeOf(table, context, page, { from: start, to: start + 1 })).includes(
    start,
  );
  const span = spanOf(said, context.clock.now());
  const near = Math.max(Math.min(start, span.to) - DAY_MS, span.from);
  const others = isFree
    ? []
    : await freeOf(table, context, page, { from: near, to: near + 30 * DAY_MS, max: OTHERS_MAX });
  const query = request.query['zone'] ?? request.body['zone'];
  return {
    view: 'booking-form',
    title: said.title,
    status: status === 200 && !isFree ? 409 : status,
    model: {
      about: aboutModel(request, context, page),
      when: whenText(locale, zone, { start, end: start + length }),
      slot: slotText(start),
      isFree,
      others: others.map((moment) => ({
        value: slotText(moment),
        label: whenText(locale, zone, { start: moment, end: moment + length }),
      })),
      fault: fault !== '' ? t(fault) : isFree ? '' : t('calendar:booking.fault.taken'),
      typed,
      errors: Object.fromEntries(Object.entries(errors).map(([name, key]) => [name, t(key)])),
      reasons: said.reasons,
      asksPhone: said.asksPhone || said.where === 'phone',
      needsPhone: said.where === 'phone',
      isKnown: request.user !== undefined,
      days: context.config(request.site).bookingDays,
      limits: LIMITS,
      zone: query === undefined ? '' : zone.id,
      action: hrefOf(context, `book/${slug}`),
      backHref: hrefOf(context, `book/${slug}`, { zone: query === undefined ? '' : zone.id }),
    },
  };
}

const line = (text: string | undefined): string =>
  (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** Who books, as they typed it. */
const typedIn = ({ user, body }: PluginRequest): Guest => ({
  name: user?.name ?? line(body['name']),
  mail: user?.mail ?? line(body['mail']),
  phone: line(body['phone']),
  reason: line(body['reason']),
  comment: (body['comment'] ?? '').replace(/\r\n?/g, '\n').trim(),
});

/** What is wrong with it, by field. */
function errorsIn({ said }: BookingPage, guest: Guest): Readonly<Record<string, string>> {
  const isPhoneAsked = said.asksPhone || said.where === 'phone';
  const errors: Record<string, string> = {};
  if (guest.name === '' || guest.name.length > LIMITS.name)
    errors['name'] = 'calendar:booking.fault.name';
  if (addressOf(guest.mail) === undefined) errors['mail'] = 'calendar:booking.fault.mail';
  if (isPhoneAsked && guest.phone !== '' && !PHONE.test(guest.phone))
    errors['phone'] = 'calendar:booking.fault.phone';
  if (said.where === 'phone' && guest.phone === '')
    errors['phone'] = 'calendar:booking.fault.phone';
  if (said.reasons.length > 0 && !said.reasons.includes(guest.reason))
    errors['reason'] = 'calendar:booking.fault.reason';
  if (guest.comment.length > LIMITS.comment) errors['comment'] = 'calendar:booking.fault.comment';
  return errors;
}

/** Takes a time, for good where who books is signed in. */
export async function sendBook(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const page = await openPage(request, context);
  if (!page) return { status: 404 };
  if (!mayBook(request, context, page)) return closed(request, context, page);
  const zone = await guestZone(context, page, request.body['zone']);
  const at: At = { request, context, page, zone };
  const start = slotIn(request.body['slot']);
  const sentTo: PluginResponse = { redirect: hrefOf(context, `book/${page.slug}`, { sent: 1 }) };
  if (start === undefined) return { redirect: hrefOf(context, `book/${page.slug}`) };
  // A field that nobody sees: a program filled it, and is told what everybody is.
  if ((request.body['website'] ?? '') !== '') return sentTo;
  const typed = typedIn(request);
  const errors = errorsIn(page, typed);
  if (Object.keys(errors).length > 0) return form(at, { typed, start, errors, status: 422 });
  const guest = {
    ...typed,
    mail: addressOf(typed.mail) ?? typed.mail,
    phone: page.said.asksPhone || page.said.where === 'phone' ? typed.phone : '',
    reason: page.said.reasons.length > 0 ? typed.reason : '',
  };
  try {
    const booked = await book(context, page, {
      guest,
      start,
      locale: request.locale,
      zone: zone.id,
      origin: request.origin,
      isKnown: request.user !== undefined,
    });
    if (booked.kind === 'taken') return form(at, { typed, start, status: 409 });
    if (booked.kind === 'many')
      return form(at, { typed, start, fault: 'calendar:booking.fault.many', status: 429 });
    const isTold = await tell(context, booked.row);
    if (booked.kind === 'booked') return { redirect: appointmentHref(context, booked.row) };
    if (isTold) return sentTo;
    // Nobody can confirm what no mail leads to.
    await letGo(context, booked.row);
    return form(at, { typed, start, fault: 'calendar:booking.fault.post', status: 503 });
  } catch (error) {
    if (!(error instanceof BookingRefused)) throw error;
    context.log.warn({ site: request.site, reason: error.reason }, 'calendar/booking-refused');
    return form(at, { typed, start, fault: 'calendar:booking.fault.refused', status: 503 });
  }
}

/** A page for those who have signed in. */
function closed({ locale }: PluginRequest, context: Context, page: BookingPage): PluginResponse {
  const t = context.text(locale);
  const here = hrefOf(context, `book/${page.slug}`);
  return {
    view: 'booking-said',
    title: t('calendar:booking.closedTitle'),
    status: 403,
    model: {
      heading: t('calendar:booking.closedTitle'),
      text: t('calendar:booking.closed'),
      href: `/login?next=${encodeURIComponent(here)}`,
      link: t('calendar:booking.signIn'),
    },
  };
}

/** A mail is on its way. */
function sent({ locale }: PluginRequest, context: Context, page: BookingPage): PluginResponse {
  const t = context.text(locale);
  return {
    view: 'booking-said',
    title: t('calendar:booking.sentTitle'),
    model: {
      heading: t('calendar:booking.sentTitle'),
      text: t('calendar:booking.sent'),
      href: hrefOf(context, `book/${page.slug}`),
      link: t('calendar:booking.again'),
    },
  };
}
