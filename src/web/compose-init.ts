import { z } from 'zod';
import type { ComposeMode, DraftFields, DraftInit } from '../compose';
import { field } from './body';
import { asUidValidity } from './message-path';

/** Query parameter of a link to the composer → what it starts. */
const MODES: Readonly<Record<string, ComposeMode>> = {
  reply: 'reply',
  replyall: 'reply-all',
  forward: 'forward',
  attach: 'forward-attached',
  edit: 'edit',
  again: 'again',
};
const MAX_PREFILL = 10_000;
const prefill = z.string().max(MAX_PREFILL).catch('');

/** `INBOX%2FProjets/123` or `INBOX/123`: mailbox and uid of the original. */
function originalOf(
  value: unknown,
): { readonly mailbox: string; readonly uid: number } | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(.+)\/(\d{1,10})$/s.exec(value);
  return match?.[1] === undefined ? undefined : { mailbox: match[1], uid: Number(match[2]) };
}

/** What a link `/compose?reply=INBOX/12` or `/compose?to=…&subject=…` (or `mailto=`) asks for. */
export function initFromQuery(query: Readonly<Record<string, unknown>>): DraftInit {
  for (const [name, mode] of Object.entries(MODES)) {
    const original = originalOf(query[name]);
    if (!original) continue;
    const uidValidity = asUidValidity(query['uidvalidity']);
    return { mode, original: { ...original, ...(uidValidity !== undefined && { uidValidity }) } };
  }
  const mailto = typeof query['mailto'] === 'string' ? parseMailto(query['mailto']) : {};
  return { mode: 'new', prefill: { ...prefillOf(query), ...mailto } };
}

function prefillOf(query: Readonly<Record<string, unknown>>): Partial<DraftFields> {
  const values: Partial<Record<'to' | 'cc' | 'bcc' | 'subject' | 'text', string>> = {};
  for (const name of ['to', 'cc', 'bcc', 'subject'] as const) {
    const value = prefill.parse(query[name] ?? '');
    if (value !== '') values[name] = value;
  }
  const body = prefill.parse(query['body'] ?? '');
  if (body !== '') values.text = body;
  return values;
}

/** RFC 6068: only the fields that a link may fill; `attach` and the like are ignored. */
function parseMailto(link: string): Partial<DraftFields> {
  if (!/^mailto:/i.test(link) || link.length > MAX_PREFILL) return {};
  const [address = '', query = ''] = link.slice('mailto:'.length).split('?', 2);
  let to: string;
  try {
    to = decodeURIComponent(address);
  } catch {
    to = '';
  }
  // `+` is a plus sign in a mailto link, not a space (RFC 6068 5).
  const params = Object.fromEntries(new URLSearchParams(query.replaceAll('+', '%2B')));
  const more = prefillOf(
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value])),
  );
  const all = [to, more.to ?? ''].filter((value) => value !== '').join(', ');
  return { ...more, ...(all !== '' && { to: all }) };
}

/** Hidden fields that bring the start of a composition back with its first POST. */
export function initFields(init: DraftInit): { readonly name: string; readonly value: string }[] {
  const { mode, original } = init;
  return [
    { name: 'mode', value: mode },
    ...(original
      ? [
          { name: 'original', value: `${original.mailbox}/${original.uid}` },
          { name: 'original_uidvalidity', value: String(original.uidValidity ?? '') },
        ]
      : []),
  ];
}

/** The start of a composition from those hidden fields. */
export function initFromForm(form: ReadonlyMap<string, readonly string[]>): DraftInit {
  const mode = Object.values(MODES).find((known) => known === field(form, 'mode')) ?? 'new';
  const original = originalOf(field(form, 'original'));
  if (mode === 'new' || !original) return { mode: 'new' };
  const uidValidity = asUidValidity(field(form, 'original_uidvalidity'));
  return { mode, original: { ...original, ...(uidValidity !== undefined && { uidValidity }) } };
}
