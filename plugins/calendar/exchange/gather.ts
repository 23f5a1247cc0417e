import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Cut, cutCalendar } from './cut';
import type { Fault } from './fault';

/** Of one file. */
export const MAX_OBJECTS = 50_000;
/** Definitions that are longer are nobody's: each event that names one would carry it. */
const ZONE_CHARS = 20_000;
/** The loop is held no longer (ms). */
const HELD_MS = 20;
const HEAD = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Estafette//Calendar//EN\r\n';
const TAIL = 'END:VCALENDAR\r\n';

/** One event or task with what replaces its occurrences, as the file has them. */
export interface Group {
  readonly line: number;
  readonly parts: string[];
  /** Name of its file, where there are several. */
  readonly file?: string;
}

export interface Gathered {
  readonly groups: readonly Group[];
  /** Definitions by name. */
  readonly zones: ReadonlyMap<string, string>;
  /** There was more than is taken. */
  readonly isCut: boolean;
}

/** Gives the loop a turn where it was held for a while. */
export function createTurn(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < HELD_MS) return;
    await setImmediate();
    since = performance.now();
  };
}

/** Takes a file apart: what belongs together by its UID is together, wherever it stands. */
export async function gather(
  { text, maxChars }: { readonly text: string; readonly maxChars: number },
  tell: (line: number, fault: Fault) => void,
): Promise<Gathered> {
  const turn = createTurn();
  const groups = new Map<string, Group>();
  const zones = new Map<string, string>();
  let isCut = false;
  for (const part of cutCalendar(text, maxChars)) {
    await turn();
    if ('reason' in part) tell(part.line, part.reason);
    else if (part.kind === 'VTIMEZONE') {
      // Of two that have one name the first counts.
      if (part.text.length > ZONE_CHARS) tell(part.line, 'zone');
      else if (part.name !== '' && !zones.has(part.name)) zones.set(part.name, part.text);
    } else {
      const key = part.name === '' ? `line ${part.line}` : part.name;
      const group = groups.get(key) ?? { line: part.line, parts: [] };
      if (!groups.has(key) && groups.size >= MAX_OBJECTS) {
        isCut = true;
        break;
      }
      group.parts.push(named(part));
      groups.set(key, group);
    }
  }
  return { groups: [...groups.values()], zones, isCut };
}

/** What several files have, one after the other: an event that is in two of them is as the last has it. */
export async function gatherAll(
  files: readonly { readonly name: string; readonly text: string }[],
  maxChars: number,
  tell: (line: number, fault: Fault, file: string) => void,
): Promise<Gathered> {
  const groups: Group[] = [];
  const zones = new Map<string, string>();
  let isCut = false;
  for (const { name, text } of files) {
    const file = files.length > 1 ? name : '';
    const found = await gather({ text, maxChars }, (line, fault) => tell(line, fault, file));
    isCut ||= found.isCut || groups.length + found.groups.length > MAX_OBJECTS;
    for (const group of found.groups.slice(0, MAX_OBJECTS - groups.length))
      groups.push(file === '' ? group : { ...group, file });
    for (const [id, zone] of found.zones) if (!zones.has(id)) zones.set(id, zone);
  }
  return { groups, zones, isCut };
}

/** With a UID: one that says what it is, so that the same file brought in twice is there once. */
function named({ name, text }: Cut): string {
  if (name !== '') return text;
  const uid = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return text.replace('\r\n', `\r\nUID:${uid}@estafette\r\n`);
}

/** A calendar object of a group, with the definitions that it names. */
export function objectOf({ parts }: Group, zones: ReadonlyMap<string, string>): string {
  const body = parts.join('');
  const names = new Set([...body.matchAll(/;TZID="?([^":;\r\n]+)"?/gi)].map(([, name]) => name));
  const used = [...names].flatMap((name) => zones.get(name ?? '') ?? []);
  return HEAD + used.join('') + body + TAIL;
}

/** The name that a file gives its calendar, as Google, Apple and Outlook write it; `''` without. */
export function nameIn(text: string): string {
  const [, name = ''] =
    /^X-WR-CALNAME(?:;[^:\r\n]{0,200})?:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/im.exec(
      text.slice(0, 20_000),
    ) ?? [];
  return name
    .replace(/\r?\n[ \t]/g, '')
    .replace(/\\([\\,;])/g, '$1')
    .trim()
    .slice(0, 200);
}
