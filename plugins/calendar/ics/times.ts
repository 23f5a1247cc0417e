import { DAY_MS, dayOfWall, monthLength } from '../time/days';
import { IcsError } from './types';

/** A time as it is written: of the wall, whole days at midnight. */
export interface WrittenTime {
  readonly wall: number;
  readonly isDate: boolean;
  readonly isUtc: boolean;
}

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(Z?))?$/;

/** Reads a DATE or DATE-TIME of jCal. Throws {@link IcsError} for what no clock or calendar shows. */
export function wallOf(value: unknown): WrittenTime {
  const found = typeof value === 'string' ? WRITTEN.exec(value) : null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
    found?.slice(1, 7).map((part) => Number(part ?? 0)) ?? [];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month);
  // 24:00 is written by some, and 60 is a leap second.
  if (!found || !isDay || hour > 24 || minute > 59 || second > 60) {
    throw new IcsError('time', String(value).slice(0, 40));
  }
  return {
    wall: Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)),
    isDate: found[4] === undefined,
    isUtc: found[7] === 'Z',
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A wall time as jCal has it. */
export function writtenOf(wall: number, { isDate = false, isUtc = false } = {}): string {
  const date = new Date(wall);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const day = `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  if (isDate) return day;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day}T${time}${isUtc ? 'Z' : ''}`;
}

/** The name of an occurrence by its planned start: `20261123T090000`, `20261123`. */
export const recurrenceName = (wall: number, isDate: boolean): string =>
  writtenOf(wall, { isDate }).replace(/[-:]/g, '');

/** The start that a name stands for; undefined for what is none. */
export function recurrenceWall(name: string): number | undefined {
  const [, year, month, day, hour = 0, minute = 0, second = 0] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?$/.exec(name)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const wall = Date.UTC(year, month - 1, day, hour || 0, minute || 0, second || 0);
  return Number.isNaN(wall) ? undefined : wall;
}

/** Milliseconds of a DURATION (RFC 5545 §3.3.6). Throws {@link IcsError}. */
export function durationOf(text: string): number {
  const found =
    /^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/i.exec(
      text.trim(),
    );
  if (!found || text.trim().length < 3) throw new IcsError('time', text.slice(0, 40));
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(2)
    .map((part) => Number(part ?? 0));
  const length = (weeks * 7 + days) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  return found[1] === '-' ? -length : length;
}

/** `-PT15M` for fifteen minutes before. */
export const beforeText = (minutes: number): string => {
  if (minutes > 0 && minutes % 1_440 === 0) return `-P${minutes / 1_440}D`;
  if (minutes > 0 && minutes % 60 === 0) return `-PT${minutes / 60}H`;
  return minutes === 0 ? 'PT0S' : `-PT${minutes}M`;
};

export const isMidnight = (wall: number): boolean => wall === dayOfWall(wall) * DAY_MS;
