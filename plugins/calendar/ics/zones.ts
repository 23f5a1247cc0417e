import { findIana } from 'windows-iana';
import { expandRule } from '../recur/expand';
import { readRule } from '../recur/rule';
import { DAY_MS } from '../time/days';
import { ianaZone, toUtc, toWall, UTC, type Zone } from '../time/zone';
import { nameAlike } from './alike';
import {
  type Component,
  componentsOf,
  type Property,
  paramOf,
  propertiesOf,
  propertyOf,
  ruleTextOf,
  textOf,
} from './jcal';
import { wallOf } from './times';

/** A zone as it is kept beside an event: its name, and its changes where no system knows the name. */
export interface ZoneFacts {
  /** IANA name, `UTC`, a name of the file's own, or `''` for times without zone. */
  readonly id: string;
  /** Moments (ms) from which an offset (ms) counts, in order. */
  readonly changes?: readonly (readonly [utc: number, offset: number])[];
}

export const FLOATING: ZoneFacts = { id: '' };

/** Observances are followed from here to there; what is outside has the nearest offset. */
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2100, 0, 1);
const MAX_CHANGES = 1_000;

/** A zone to count in; `local` for times without one, and for names that nothing is known of. */
export function zoneOf({ id, changes }: ZoneFacts, local: Zone): Zone {
  if (id === '') return local;
  if (changes) return changing(id, changes);
  return id === 'UTC' ? UTC : (ianaZone(id) ?? local);
}

function changing(id: string, changes: NonNullable<ZoneFacts['changes']>): Zone {
  return {
    id,
    offsetAt(utc) {
      let offset = changes[0]?.[1] ?? 0;
      for (const [from, next] of changes) {
        if (from > utc) break;
        offset = next;
      }
      return offset;
    },
  };
}

/**
 * What the TZID of a calendar's times stand for. Names of IANA come first, whatever the file defines
 * under them: clients write old rules. Then names of Windows, which Outlook writes without definition;
 * then the definition; the zone of the reader when there is none.
 */
export function zonesOf(calendar: Component): (tzid: string) => ZoneFacts {
  const known = new Map<string, ZoneFacts>();
  return (tzid) => {
    let facts = known.get(tzid);
    if (!facts) {
      const name = ianaNameOf(tzid);
      facts = name !== undefined ? { id: name } : (definedIn(calendar, tzid) ?? FLOATING);
      known.set(tzid, facts);
    }
    return facts;
  };
}

/** `Europe/Paris` of a TZID; undefined when it names no zone that this system has. */
export function ianaNameOf(tzid: string): string | undefined {
  const name = tzid.trim().replace(/^"|"$/g, '');
  if (/^(?:UTC|GMT|Etc\/(?:UTC|GMT)|Z)$/i.test(name)) return 'UTC';
  if (ianaZone(name)) return name;
  // "/mozilla.org/20070129_1/Europe/Paris", "/freeassociation.sourceforge.net/Europe/Paris"
  const [, tail] = /([A-Z][A-Za-z_]+\/[A-Za-z_+-]+(?:\/[A-Za-z_+-]+)?)$/.exec(name) ?? [];
  if (tail !== undefined && ianaZone(tail)) return tail;
  const [windows] = findIana(name);
  return windows !== undefined && ianaZone(windows) ? windows : undefined;
}

function definedIn(calendar: Component, tzid: string): ZoneFacts | undefined {
  const definition = componentsOf(calendar, 'vtimezone').find(
    (zone) => textOf(zone, 'tzid') === tzid,
  );
  if (!definition) return undefined;
  const named = ianaNameOf(textOf(definition, 'x-lic-location'));
  if (named !== undefined) return { id: named };
  const changes = definition[2]
    .flatMap(changesOf)
    .sort(([a], [b]) => a - b)
    .slice(0, MAX_CHANGES);
  if (changes.length === 0) return undefined;
  const alike = nameAlike(changing('', changes));
  return alike === undefined ? { id: tzid.slice(0, 200), changes } : { id: alike };
}

/** When an observance begins, each time (RFC 5545 §3.6.5); nothing of one that cannot be read. */
function changesOf(observance: Component): readonly (readonly [number, number])[] {
  const from = offsetOf(textOf(observance, 'tzoffsetfrom'));
  const to = offsetOf(textOf(observance, 'tzoffsetto'));
  const start = propertyOf(observance, 'dtstart');
  if (from === undefined || to === undefined || !start) return [];
  try {
    const wall = wallOf(start[3]).wall;
    const before: Zone = { id: 'before', offsetAt: () => from };
    const rules = propertiesOf(observance, 'rrule').slice(0, 4);
    const walls = rules.flatMap((rule) => {
      const options = {
        zone: before,
        from: FIRST,
        to: LAST,
        limit: MAX_CHANGES,
      };
      return expandRule(readRule(ruleTextOf(rule)), wall, options).starts.map(({ wall: at }) => at);
    });
    const dates = propertiesOf(observance, 'rdate').flatMap(([, , , ...values]) =>
      values.slice(0, MAX_CHANGES).map((value) => wallOf(value).wall),
    );
    return [...new Set([wall, ...walls, ...dates])].map((at) => [at - from, to] as const);
  } catch {
    return [];
  }
}

function offsetOf(text: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return offset > DAY_MS ? undefined : sign === '-' ? -offset : offset;
}

/** In which clocks an event counts. */
export interface Counted {
  readonly isAllDay: boolean;
  readonly zone: ZoneFacts;
}

/** A time of another property as the event's own zone shows it. */
export function countedWall(
  property: Property,
  value: unknown,
  counted: Counted,
  zones: (tzid: string) => ZoneFacts,
): number {
  const { wall, isDate, isUtc } = wallOf(value);
  if (isDate || counted.isAllDay) return counted.isAllDay ? wall - (wall % DAY_MS) : wall;
  const tzid = paramOf(property, 'tzid');
  const from = isUtc ? { id: 'UTC' } : tzid === '' ? counted.zone : zones(tzid);
  if (from.id === counted.zone.id) return wall;
  return toWall(zoneOf(counted.zone, UTC), toUtc(zoneOf(from, UTC), wall));
}
