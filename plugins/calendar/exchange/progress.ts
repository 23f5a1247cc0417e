import type { PluginContext } from 'estafette/plugin';
import type { Import } from './imports';
import { FAULT_TEXTS } from './texts';

/** How far an import is: of the page, and of what is sent to it while it is open. */
export function progressModel(
  context: Pick<PluginContext, 'url'>,
  { id, name, state, objects, looked, added, updated, same, refused, faults, isCut }: Import,
  calendar: string,
) {
  return {
    name,
    calendar,
    isRunning: state === 'running',
    isEnded: state === 'ended',
    percent: Math.floor((100 * looked) / Math.max(objects, 1)),
    href: context.url(`import/${id}`),
    calendarHref: context.url('').replace(/\/$/, ''),
    added,
    updated,
    same,
    refused,
    isCut,
    faults: faults.map((one) => ({ ...one, text: FAULT_TEXTS[one.fault] })),
    more: Math.max(refused - faults.filter(({ fault }) => !fault.startsWith('note-')).length, 0),
  };
}
