import { dayAfter, momentOf, partsIn } from '../base/zoned';
import type { WorkingHours } from '../sites/site';
import { field } from './body';
import type { Form } from './compose-form';
import type { ComposeModel } from './pages/compose';
import type { SnoozeTimes } from './pages/snooze';
import type { OpenCall } from './route';

const MORNING = '08:00';
const EVENING = '18:00';
/** Later it is no use to anybody. */
const BEFORE_EVENING = '17:00';
const MINUTE_MS = 60_000;
/** Nobody remembers what they wrote longer ago; what opens the mail is not kept longer either. */
const FARTHEST_MS = 366 * 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const MONDAY = 1;

type Clocked = Pick<OpenCall, 'deps' | 'ctx'>;

/** Day of the next weekday (1 is Monday) after today. */
function nextDay(
  today: { readonly day: string; readonly weekday: number },
  weekday: number,
): string {
  const ahead = (weekday - today.weekday + 7) % 7;
  return dayAfter(today.day, ahead === 0 ? 7 : ahead);
}

/** When work begins again, in the zone's calendar; undefined while it lasts. */
export function nextOpening(
  { days, from, to }: Pick<WorkingHours, 'days' | 'from' | 'to'>,
  now: ReturnType<typeof partsIn>,
): { readonly day: string; readonly time: string } | undefined {
  const works = (weekday: number): boolean => days.includes(weekday);
  const isWorking = works(now.weekday) && now.time >= from && now.time < to;
  if (isWorking) return undefined;
  if (works(now.weekday) && now.time < from) return { day: now.day, time: from };
  for (let ahead = 1; ahead <= 7; ahead++) {
    if (works(((now.weekday - 1 + ahead) % 7) + 1))
      return { day: dayAfter(now.day, ahead), time: from };
  }
  return undefined;
}

/** Working hours that count for this agent now; undefined where nobody asks them. */
function hoursOf({ ctx }: Clocked): WorkingHours | undefined {
  const hours = ctx.site.sending?.hours;
  if (!hours || ctx.core.writing.disconnect === 'off') return undefined;
  const groups = ctx.session?.session.user.groups ?? [];
  return groups.some((group) => hours.exempt.includes(group)) ? undefined : hours;
}

/** The moment that a choice of the composer names; undefined for none that there is. */
export function momentNamed(call: Clocked, id: string): number | undefined {
  const { deps, ctx } = call;
  const { timeZone } = ctx.site;
  const now = partsIn(deps.clock.now(), timeZone);
  switch (id) {
    case 'tonight':
      return now.time < BEFORE_EVENING ? momentOf(now.day, EVENING, timeZone) : undefined;
    case 'tomorrow':
      return momentOf(dayAfter(now.day, 1), MORNING, timeZone);
    case 'monday':
      return momentOf(nextDay(now, MONDAY), MORNING, timeZone);
    case 'opening': {
      const hours = hoursOf(call);
      const opening = hours && nextOpening(hours, now);
      return opening && momentOf(opening.day, opening.time, timeZone);
    }
    default:
      return undefined;
  }
}

/** What the composer offers beside « now ». */
export function offeredTimes(call: OpenCall): ComposeModel['later'] {
  const { deps, ctx } = call;
  const { timeZone } = ctx.site;
  const formats = deps.renderer.formats(ctx.locale, timeZone);
  const now = partsIn(deps.clock.now(), timeZone);
  const said = (id: string): string => {
    const ms = momentNamed(call, id);
    return ms === undefined ? '' : formats.date(new Date(ms).toISOString(), 'long');
  };
  const hours = hoursOf(call);
  const isAsked = hours !== undefined && nextOpening(hours, now) !== undefined;
  return {
    times: [
      { id: 'tomorrow', label: ctx.t('outbox.tomorrow', { when: said('tomorrow') }) },
      { id: 'monday', label: ctx.t('outbox.monday', { when: said('monday') }) },
    ],
    day: dayAfter(now.day, 1),
    time: MORNING,
    disconnect: isAsked
      ? {
          text: ctx.t('outbox.disconnect', { from: hours.from, to: hours.to }),
          id: 'opening',
          label: ctx.t('outbox.opening', { when: said('opening') }),
        }
      : undefined,
  };
}

export interface SendTime {
  /** Undefined: now. */
  readonly at?: number | undefined;
  /** Why what was asked cannot be, in words. */
  readonly problem?: string;
}

/** When the form wants the message to leave: what was asked, else after the time to think again. */
export function sendTime(call: OpenCall, form: Form): SendTime {
  const { deps, ctx, req } = call;
  const later = typeof req.query['later'] === 'string' ? req.query['later'] : '';
  const now = deps.clock.now();
  if (later === '') {
    const seconds = undoSeconds(call);
    return { at: seconds > 0 ? now + seconds * 1_000 : undefined };
  }
  if (later !== 'custom') {
    const at = momentNamed(call, later);
    return at === undefined ? { problem: ctx.t('outbox.problem.time') } : { at };
  }
  return typedTime(call, form);
}

/** The day and the time of a form, which have to be to come. */
export function typedTime({ deps, ctx }: Clocked, form: Form): SendTime {
  const [day, time] = [field(form, 'laterDay'), field(form, 'laterTime')];
  const at = DAY.test(day) && TIME.test(time) ? momentOf(day, time, ctx.site.timeZone) : undefined;
  if (at === undefined) return { problem: ctx.t('outbox.problem.time') };
  const wait = at - deps.clock.now();
  if (wait < -MINUTE_MS) return { problem: ctx.t('outbox.problem.past') };
  return wait > FARTHEST_MS ? { problem: ctx.t('outbox.problem.far') } : { at };
}

/** For how long this agent calls a sending back. */
export function undoSeconds({ ctx }: Pick<OpenCall, 'ctx'>): number {
  const { undo } = ctx.core.writing;
  return undo === 'site' ? (ctx.site.sending?.undoSeconds ?? 0) : Number(undo);
}

/** When a message may come back. */
export function snoozeTimes(call: OpenCall): SnoozeTimes {
  const { deps, ctx } = call;
  const { timeZone } = ctx.site;
  const formats = deps.renderer.formats(ctx.locale, timeZone);
  const keys = {
    tonight: 'snooze.tonight',
    tomorrow: 'outbox.tomorrow',
    monday: 'outbox.monday',
  } as const;
  const times = Object.entries(keys).flatMap(([id, key]) => {
    const ms = momentNamed(call, id);
    const when = ms === undefined ? '' : formats.date(new Date(ms).toISOString(), 'long');
    return ms === undefined ? [] : [{ id, label: ctx.t(key, { when }) }];
  });
  const { day } = partsIn(deps.clock.now(), timeZone);
  return { times, day: dayAfter(day, 1), time: MORNING };
}
