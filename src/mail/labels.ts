import { z } from 'zod';
import { COLOURS, type Colour } from '../base/colours';
import { AppError } from '../base/errors';
import type { UserId } from '../base/types';
import type { Settings } from '../settings';

export const LABEL_COLOURS = COLOURS;
export type LabelColour = Colour;

export const LABEL_NAME_MAX = 40;
/** More is no order any more, and a message can show no more. */
export const LABELS_MAX = 60;

/** A keyword of messages (RFC 9051 2.3.2) with what an agent calls it. */
export interface Label {
  readonly keyword: string;
  /** `''`: the name that everybody has for it, in the language of the page. */
  readonly name: string;
  readonly colour: LabelColour;
}

/** The five that Thunderbird has from the start, so that both show the same. */
const FIRST: readonly Label[] = [
  { keyword: '$label1', name: '', colour: 'red' },
  { keyword: '$label2', name: '', colour: 'amber' },
  { keyword: '$label3', name: '', colour: 'green' },
  { keyword: '$label4', name: '', colour: 'blue' },
  { keyword: '$label5', name: '', colour: 'violet' },
];

const SCOPE = 'labels';
const stored = z.object({
  keyword: z.string(),
  name: z.string(),
  colour: z.enum(LABEL_COLOURS).catch('grey'),
  /** Of its making, milliseconds since 1970. */
  at: z.number(),
  isOff: z.boolean().optional(),
});
type Stored = z.infer<typeof stored>;

/** Keys of settings are letters and digits; a keyword may have other signs. */
const keyOf = (keyword: string): string =>
  `k${Buffer.from(keyword.toLowerCase(), 'utf8').toString('hex')}`.slice(0, 128);

/** A keyword as servers take it: an atom (RFC 9051 9), no flag of the system. */
export const isKeyword = (keyword: string): boolean =>
  /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,60}$/.test(keyword);

/** Keywords that programs set for themselves: nobody put these on a message to find it again. */
const PROGRAMS =
  /^(?:\$?(?:forwarded|mdnsent|junk|notjunk|nonjunk|phishing|submitted|submitpending|hasattachment|hasnoattachment|hasnoatt|has_cal|autosent|important|ismailinglist|ismaillist|isnotification|istrusted|maskedemail|unsubscribed|muted|followed|memo|new|canunsubscribe)|receipt-handled|unknown-\d+)$/i;

export const isLabelKeyword = (keyword: string): boolean =>
  !keyword.startsWith('\\') && !PROGRAMS.test(keyword);

async function rowsOf(settings: Settings, user: UserId): Promise<ReadonlyMap<string, Stored>> {
  const values = await settings.read(user, SCOPE);
  const rows = Object.values(values).flatMap((value) => {
    const parsed = stored.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
  return new Map(rows.map((row) => [row.keyword.toLowerCase(), row]));
}

/** Labels of an agent: the first five as they left them, then their own in the order of their making. */
export async function readLabels(settings: Settings, user: UserId): Promise<readonly Label[]> {
  const rows = await rowsOf(settings, user);
  const first = FIRST.map((label) => rows.get(label.keyword) ?? { ...label, at: 0 });
  const known = new Set(FIRST.map(({ keyword }) => keyword));
  const own = [...rows.values()]
    .filter(({ keyword }) => !known.has(keyword))
    .sort((a, b) => a.at - b.at);
  return [...first, ...own]
    .filter((row) => !('isOff' in row && row.isOff === true))
    .map(({ keyword, name, colour }) => ({ keyword, name, colour }));
}

/** What is wrong with a label that somebody typed. */
export type LabelProblem = 'empty' | 'long' | 'twice' | 'many' | 'colour';

const wrong = (problem: LabelProblem): AppError =>
  new AppError('label/invalid', { details: { problem } });

const tidy = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();

const colourOf = (colour: string): LabelColour => {
  const found = LABEL_COLOURS.find((one) => one === colour);
  if (!found) throw wrong('colour');
  return found;
};

function checkName(name: string, labels: readonly Label[], keyword: string): void {
  if (name === '') throw wrong('empty');
  if (name.length > LABEL_NAME_MAX) throw wrong('long');
  const isTaken = labels.some(
    (one) => one.keyword !== keyword && one.name.toLowerCase() === name.toLowerCase(),
  );
  if (isTaken) throw wrong('twice');
}

/** Letters of a name that a keyword can have, so that other programs show something that can be read. */
function keywordFor(name: string, labels: readonly Label[]): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  const bare = plain === '' || PROGRAMS.test(plain) ? `label_${plain}` : plain;
  const taken = new Set(labels.map(({ keyword }) => keyword.toLowerCase()));
  const all = Array.from({ length: LABELS_MAX + 1 }, (_, at) =>
    at === 0 ? bare : `${bare}_${at + 1}`,
  );
  return all.find((keyword) => !taken.has(keyword)) ?? bare;
}

/**
 * Makes a label. `keyword`: one that messages have already, as another program put it there. Throws
 * `label/invalid` with `details.problem`.
 */
export async function createLabel(
  settings: Settings,
  user: UserId,
  given: { readonly name: string; readonly colour: string; readonly keyword?: string },
  now: number,
): Promise<Label> {
  const labels = await readLabels(settings, user);
  const name = tidy(given.name);
  checkName(name, labels, '');
  if (labels.length >= LABELS_MAX) throw wrong('many');
  const own = given.keyword ?? '';
  const keyword = isKeyword(own) && isLabelKeyword(own) ? own : keywordFor(name, labels);
  const label = { keyword, name, colour: colourOf(given.colour) };
  await settings.write(user, SCOPE, { [keyOf(keyword)]: { ...label, at: now } });
  return label;
}

/** Another name or colour; messages keep the keyword. Throws `label/invalid`, `request/not-found`. */
export async function changeLabel(
  settings: Settings,
  user: UserId,
  keyword: string,
  given: { readonly name: string; readonly colour: string },
): Promise<void> {
  const labels = await readLabels(settings, user);
  const there = labels.find((one) => one.keyword === keyword);
  if (!there) throw new AppError('request/not-found');
  const name = tidy(given.name);
  checkName(name, labels, keyword);
  const row = (await rowsOf(settings, user)).get(keyword.toLowerCase());
  await settings.write(user, SCOPE, {
    [keyOf(keyword)]: { keyword, name, colour: colourOf(given.colour), at: row?.at ?? 0 },
  });
}

/** Takes a label out of the agent's list; messages keep the keyword, which other programs may show. */
export async function removeLabel(
  settings: Settings,
  user: UserId,
  keyword: string,
): Promise<void> {
  const there = (await readLabels(settings, user)).find((one) => one.keyword === keyword);
  if (!there) throw new AppError('request/not-found');
  const isFirst = FIRST.some((one) => one.keyword === keyword);
  await settings.write(user, SCOPE, {
    [keyOf(keyword)]: isFirst ? { ...there, at: 0, isOff: true } : undefined,
  });
}

/** Labels of a message, in the order of the agent's; what nobody named is shown by its keyword. */
export function labelsOf(keywords: readonly string[], labels: readonly Label[]): readonly Label[] {
  const there = new Set(keywords.map((keyword) => keyword.toLowerCase()));
  const known = labels.filter(({ keyword }) => there.has(keyword.toLowerCase()));
  const named = new Set(labels.map(({ keyword }) => keyword.toLowerCase()));
  const others = keywords
    .filter((keyword) => isLabelKeyword(keyword) && !named.has(keyword.toLowerCase()))
    .filter((keyword) => !/^\$label[1-5]$/i.test(keyword))
    .map((keyword): Label => ({ keyword, name: keyword, colour: 'grey' }));
  return [...known, ...others];
}
