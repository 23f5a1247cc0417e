import { visibilityOf } from '../ics/facts';
import {
  type Component,
  type Property,
  parseCalendar,
  propertyOf,
  textOf,
  withProperty,
  writeCalendar,
} from '../ics/jcal';

/** When something takes place, and how it counts: nothing else of an event is told. */
const TOLD: ReadonlySet<string> = new Set([
  'dtstamp',
  'dtstart',
  'dtend',
  'duration',
  'due',
  'rrule',
  'rdate',
  'exdate',
  'recurrence-id',
  'transp',
  'status',
  'class',
  'x-microsoft-cdo-busystatus',
]);

const EVENTS: ReadonlySet<string> = new Set(['vevent', 'vtodo', 'vjournal']);

/** Parameters say who and where; those that say when stay. */
const bare = ([name, params, type, ...values]: Property): Property => {
  const told = Object.fromEntries(
    Object.entries(params).filter(([param]) => param === 'tzid' || param === 'value'),
  );
  return [name, told, type, ...values] as Property;
};

/** An object as somebody sees it. */
export interface Seen {
  readonly text: string;
  /** Nothing of it is told but when it is. */
  readonly isWhole: boolean;
  /** Some of it is not told. */
  readonly isMasked: boolean;
}

/**
 * An object as it is shown to who may not read it: `all` of it, or the parts that are private. `uid` is
 * what it is known by, where nothing of it may be read; `word` stands for its title.
 */
export function masked(
  text: string,
  { isAll, uid, word }: { readonly isAll: boolean; readonly uid: string; readonly word: string },
): Seen {
  const [name, properties, components] = parseCalendar(text);
  const parts = components.filter(([kind]) => EVENTS.has(kind));
  const series = parts.find((part) => !propertyOf(part, 'recurrence-id'));
  // A private series has no public occurrences: they would say what it is.
  const isWhole = isAll || (series !== undefined && visibilityOf(series) !== 'public');
  const isMasked = isWhole || parts.some((part) => visibilityOf(part) !== 'public');
  if (!isMasked) return { text, isWhole: false, isMasked: false };
  const next = components.map((part): Component => {
    if (!EVENTS.has(part[0])) return part;
    if (!isWhole && visibilityOf(part) === 'public') return part;
    const kept = part[1].filter(([one]) => TOLD.has(one)).map(bare);
    const titled: Component = [part[0], [...kept, ['summary', {}, 'text', word]], []];
    const known = isWhole ? uid : textOf(part, 'uid');
    return withProperty(titled, 'uid', ['uid', {}, 'text', known]);
  });
  const heads = properties.filter(([one]) => one === 'version' || one === 'prodid');
  return {
    text: writeCalendar([name, isWhole ? heads : properties, next]),
    isWhole,
    isMasked: true,
  };
}
