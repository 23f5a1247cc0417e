import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, hrefOf, oneOf, page } from '../pages/common';
import { sideOf } from '../pages/side';
import { outcomeOf } from '../pages/texts';
import { addressOf } from '../planning/groups';
import { usersOf } from '../planning/known';
import { meant } from '../planning/people';
import type { Rights } from '../store';
import { placeOf } from '../store/places';
import { RIGHTS } from '../store/rights';
import { keepSeen } from '../store/shared';
import type { Tables } from '../store/tables';
import { share, sharesOf, unshare } from './shares';

const RIGHT_TEXTS: Readonly<Record<Rights, readonly [name: string, help: string]>> = {
  free: ['calendar:share.right.free', 'calendar:share.help.free'],
  read: ['calendar:share.right.read', 'calendar:share.help.read'],
  write: ['calendar:share.right.write', 'calendar:share.help.write'],
  delete: ['calendar:share.right.delete', 'calendar:share.help.delete'],
  manage: ['calendar:share.right.manage', 'calendar:share.help.manage'],
};

/** What a right is called. */
export const rightText = (rights: Rights): string => RIGHT_TEXTS[rights][0];

const tableOf =
  ({ context }: Desk): Tables =>
  (name) =>
    context.db.table(name);

/** `/calendar/share`: with whom a calendar is shared, and what each may do. */
export function shareRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/share', page(showShares));
  router.post('/share', page(change));
  router.post('/share/leave', page(leave));
}

interface Typed {
  readonly error: string;
  readonly who: string;
  readonly matches: readonly { readonly mail: string; readonly name: string }[];
}

async function showShares(desk: Desk): Promise<PluginResponse> {
  const calendar = desk.request.query['calendar'];
  if (calendar === undefined) return { redirect: hrefOf(desk.context, 'calendars') };
  return sharesPage(desk, calendar);
}

async function sharesPage(desk: Desk, id: string, typed?: Typed): Promise<PluginResponse> {
  const { context, request, person, t } = desk;
  const calendar = desk.calendars.find((one) => one.id === id);
  const shares = calendar && (await sharesOf(tableOf(desk), person, id));
  if (!shares) return { status: 404 };
  const taken = new Set(shares.filter(({ kind }) => kind === 'group').map(({ name }) => name));
  return {
    view: 'share',
    title: t('calendar:share.title', { title: calendar.title }),
    status: typed ? 422 : 200,
    model: {
      side: sideOf(desk, { current: 'calendars' }),
      calendar: { id, title: calendar.title, colour: calendar.colour },
      shares: shares.map(({ rights, ...one }) => ({
        ...one,
        rights,
        rightText: t(RIGHT_TEXTS[rights][0]),
        privateText: one.seesPrivate ? t('calendar:share.seesPrivate') : '',
      })),
      rights: RIGHTS.map((value) => ({
        value,
        label: t(RIGHT_TEXTS[value][0]),
        help: t(RIGHT_TEXTS[value][1]),
      })),
      groups: request.groups.filter((name) => !taken.has(name)),
      error: typed?.error ?? '',
      who: typed?.who ?? '',
      matches: typed?.matches ?? [],
      action: hrefOf(context, 'share'),
      backHref: hrefOf(context, 'calendars'),
      outcome: outcomeOf(request.query),
      restoreAction: hrefOf(context, 'restore'),
    },
  };
}

/** Adds somebody, changes what they may do, or takes it back. */
async function change(desk: Desk): Promise<PluginResponse> {
  const { request, person, context } = desk;
  const { body } = request;
  const { calendar = '', group = '', remove } = body;
  const who = body['match'] ?? body['who'] ?? '';
  const table = tableOf(desk);
  const back = (done: string): PluginResponse => ({
    redirect: hrefOf(context, 'share', { calendar, done }),
  });
  if (remove !== undefined) {
    const done = await unshare(table, person, calendar, remove);
    return done === 'missing' ? { status: 404 } : back('unshared');
  }
  const rights = oneOf(RIGHTS, body['rights']) ?? 'free';
  const seesPrivate = body['private'] === 'yes';
  if ((await placeOf(table, person, calendar))?.rights !== 'manage') return { status: 404 };
  const found =
    group !== '' && request.groups.includes(group)
      ? ({ kind: 'group', name: group, shown: group, user: undefined } as const)
      : await agentIn(desk, who.trim());
  if ('error' in found) return sharesPage(desk, calendar, { who, ...found });
  const done = await share(table, person, calendar, { ...found, rights, seesPrivate });
  if (done === 'missing') return { status: 404 };
  if (done === 'shared') return back('shared');
  return sharesPage(desk, calendar, {
    who,
    matches: [],
    error: desk.t(done === 'own' ? 'calendar:share.fault.own' : 'calendar:share.fault.full'),
  });
}

/** Whom an address or a name means: somebody of the site, who has been here or is in its directory. */
async function agentIn(
  desk: Desk,
  who: string,
): Promise<
  | Omit<Typed, 'who'>
  | {
      readonly kind: 'agent';
      readonly name: string;
      readonly shown: string;
      readonly user: number | undefined;
    }
> {
  const { person, context, t } = desk;
  const fault = (error: string, matches: Typed['matches'] = []): Omit<Typed, 'who'> => ({
    error,
    matches,
  });
  if (who === '') return fault(t('calendar:share.fault.nobody'));
  const members = await meant(desk, who).catch(() => []);
  const address = addressOf(/<([^<>]+)>\s*$/.exec(who)?.[1] ?? who);
  const meantOne = members.length === 1 ? members[0] : undefined;
  const mail = address ?? meantOne?.mail;
  if (mail === undefined)
    return fault(
      t(members.length > 1 ? 'calendar:share.fault.several' : 'calendar:share.fault.nobody'),
      members.slice(0, 20),
    );
  const user = (await usersOf(tableOf(desk), person.site, [mail])).get(mail);
  const domain = mail.slice(mail.lastIndexOf('@') + 1);
  // Whoever only has an address is meant by anybody: the directory knows who is there.
  const listed = await context
    .directory(person.site)
    ?.byMail([mail])
    .catch(() => new Map<string, { readonly name: string }>());
  const entry = listed?.get(mail);
  const isHere = user !== undefined || entry !== undefined;
  if (!isHere && !context.site(person.site).mailDomains.includes(domain))
    return fault(t('calendar:share.fault.outside'));
  return { kind: 'agent', name: mail, shown: entry?.name || meantOne?.name || mail, user };
}

/** Somebody does not want a calendar among theirs. */
async function leave(desk: Desk): Promise<PluginResponse> {
  const { request, person, context } = desk;
  const place = await placeOf(tableOf(desk), person, request.body['calendar'] ?? '');
  if (!place || place.isOwn) return { status: 404 };
  await keepSeen(tableOf(desk), person, place.key, { is_left: true });
  return { redirect: hrefOf(context, 'calendars', { done: 'left' }) };
}
