import { isValidAddress } from './address-rules';
import { firstHeader, parseHeaders } from './headers';

/** What happened to a message for one recipient, as a server tells it (RFC 3464 2.3). */
export interface RecipientReport {
  readonly mail: string;
  readonly outcome: 'failed' | 'delayed' | 'delivered' | 'read';
  readonly reason: ReportReason;
}

/** Why, in the few kinds that somebody can do something about (RFC 3463). */
export type ReportReason =
  | 'unknown'
  | 'full'
  | 'disabled'
  | 'size'
  | 'refused'
  | 'network'
  | 'other';

/** More recipients than a person reads of; a report of a list names thousands. */
const MAX_RECIPIENTS = 20;
const MAX_BLOCKS = 500;

/** Recipients of a `message/delivery-status`: one block for the message, one for each of them. */
export function deliveryReport(text: string): readonly RecipientReport[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/, MAX_BLOCKS)
    .flatMap((block) => {
      const header = parseHeaders(block.replace(/^\n+/, ''));
      const action = (firstHeader(header, 'action') ?? '').trim().toLowerCase();
      const mail =
        addressOf(
          firstHeader(header, 'original-recipient') ?? firstHeader(header, 'final-recipient'),
        ) ?? addressOf(firstHeader(header, 'final-recipient'));
      const outcome = outcomeOf(action);
      if (mail === undefined || outcome === undefined) return [];
      return [{ mail, outcome, reason: reasonOf(firstHeader(header, 'status') ?? '') }];
    })
    .slice(0, MAX_RECIPIENTS);
}

/** A `message/disposition-notification` that says that the message was shown (RFC 8098 3.1). */
export function readReport(text: string): readonly RecipientReport[] {
  const header = parseHeaders(text);
  const mail = addressOf(firstHeader(header, 'final-recipient'));
  const isShown = /;\s*displayed\b/i.test(firstHeader(header, 'disposition') ?? '');
  return mail !== undefined && isShown ? [{ mail, outcome: 'read', reason: 'other' }] : [];
}

/** `rfc822; a@b.example`, and as some write it: with brackets. */
function addressOf(value: string | undefined): string | undefined {
  const text = (value ?? '').slice(0, 600);
  const mail = text
    .slice(text.indexOf(';') + 1)
    .trim()
    .replace(/^<|>$/g, '');
  return isValidAddress(mail) ? mail : undefined;
}

function outcomeOf(action: string): RecipientReport['outcome'] | undefined {
  if (action === 'failed' || action === 'delayed') return action;
  return action === 'delivered' || action === 'relayed' || action === 'expanded'
    ? 'delivered'
    : undefined;
}

/** The kind of an enhanced status code (RFC 3463 3). */
function reasonOf(status: string): ReportReason {
  const [, kind = ''] = /^\s*[245]\.(\d{1,3}\.\d{1,3})\b/.exec(status) ?? [];
  if (/^1\.[0-36]$|^1\.10$/.test(kind)) return 'unknown';
  if (kind === '2.2' || kind === '3.1') return 'full';
  if (kind === '2.1') return 'disabled';
  if (kind === '2.3' || kind === '3.4') return 'size';
  if (kind.startsWith('7.')) return 'refused';
  return kind.startsWith('4.') ? 'network' : 'other';
}
