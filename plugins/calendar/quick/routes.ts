import { randomUUID } from 'node:crypto';
import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { created, type EventFields } from '../ics';
import { type Desk, hrefOf, page } from '../pages/common';
import { isoOf } from '../pages/dates';
import { newFields } from '../pages/form';
import { dayOfWall } from '../time/days';
import { SENTENCE_CHARS, understand } from '.';

/** `/calendar/quick`: one field that makes an event, or leads to the form where something is to be said. */
export function quickRoutes(router: PluginRouter<CalendarConfig>): void {
  router.post('/quick', page(addQuickly));
}

/** Fields that a line means, and whether nothing of them was guessed. */
export function fieldsIn(
  { now, preferences }: Pick<Desk, 'now' | 'preferences'>,
  text: string,
): { readonly fields: EventFields; readonly isSure: boolean } | undefined {
  const meant = understand(text, { now, lengthMs: preferences.lengthMs });
  if (!meant) return undefined;
  const { isSure, isDated, isTimed: _isTimed, ...said } = meant;
  const { isAllDay, start } = said;
  const fields = { ...newFields({ start, isAllDay }, preferences), ...said };
  return { fields: isDated ? fields : { ...fields, ...nextHour(now, preferences) }, isSure };
}

/** Where no time was named: the next whole hour, as in an empty form. */
function nextHour(now: number, { lengthMs }: Pick<Desk['preferences'], 'lengthMs'>) {
  const start = Math.ceil(now / 3_600_000) * 3_600_000;
  return { start, end: start + lengthMs };
}

async function addQuickly(desk: Desk): Promise<PluginResponse> {
  const { request, context, store, person, usual, today } = desk;
  const text = (request.body['text'] ?? '').trim().slice(0, SENTENCE_CHARS);
  const meant = fieldsIn(desk, text);
  const form = { redirect: hrefOf(context, 'edit', { text }) };
  if (!meant?.isSure || usual === '') return form;
  const uid = randomUUID();
  let ics: string;
  try {
    ics = created(meant.fields, { uid, now: context.clock.now() });
  } catch {
    // A rule that cannot be followed: the form says what is wrong with it.
    return form;
  }
  const put = await store.put(person, usual, `${uid}.ics`, ics, { ifNoneMatch: true });
  if (put.kind !== 'created') return form;
  const day = dayOfWall(meant.fields.start);
  return {
    redirect: hrefOf(context, '', {
      on: day === today ? '' : isoOf(day),
      done: 'added',
      undo: put.id,
    }),
  };
}
