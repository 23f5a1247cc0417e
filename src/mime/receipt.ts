import { parseAddressList } from './address';
import { firstHeader, type HeaderBlock, headerValues } from './headers';

/** A sender who would like to know that a message was read (RFC 8098 2.1). */
export interface ReceiptRequest {
  /** Whom the answer goes to. */
  readonly to: string;
  /** It is not who sent the message, or nobody knows who did: the answer may tell a stranger. */
  readonly isElsewhere: boolean;
}

/** What the header asks; `undefined` where nothing is asked that may be answered. */
export function receiptRequest(header: HeaderBlock): ReceiptRequest | undefined {
  const asked = headerValues(header, 'disposition-notification-to');
  if (asked.length !== 1) return undefined;
  const { addresses } = parseAddressList((asked[0] ?? '').slice(0, 2_000));
  const [first] = addresses;
  // Several: RFC 8098 2.1 lets each be answered, which is a way to make many write to many.
  if (!first || addresses.length !== 1) return undefined;
  // Nothing answers a report, least of all another one.
  if (/^\s*multipart\/report\b/i.test(firstHeader(header, 'content-type') ?? '')) return undefined;
  // RFC 8098 2.2: what must be understood and is not forbids the answer.
  const options = firstHeader(header, 'disposition-notification-options') ?? '';
  if (/=\s*required\b/i.test(options)) return undefined;
  const path = /<([^<>]*)>/.exec(firstHeader(header, 'return-path') ?? '')?.[1]?.trim();
  const isSender = path !== undefined && path.toLowerCase() === first.mail.toLowerCase();
  return { to: first.mail, isElsewhere: !isSender };
}

/** The answer: that the message was shown, by the hand of its reader. */
export interface Receipt {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** For people, in the language of the reader. */
  readonly text: string;
  readonly messageId: string;
  /** With brackets. */
  readonly original: string | undefined;
  readonly date: Date;
}

/** Writes a disposition notification (RFC 8098 3), CRLF throughout. */
export function writeReceipt(receipt: Receipt, encode: (text: string) => string): Buffer {
  const { from, to, original } = receipt;
  const boundary = `=_${receipt.messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 40)}`;
  const id =
    original !== undefined && /^<[\x21-\x7e]{1,500}>$/.test(original) ? original : undefined;
  const base64 = Buffer.from(receipt.text.replace(/\r?\n/g, '\r\n'), 'utf8').toString('base64');
  const lines = [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${encode(receipt.subject)}`,
    `Date: ${receipt.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${receipt.messageId}`,
    ...(id === undefined ? [] : [`In-Reply-To: ${id}`, `References: ${id}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=disposition-notification;`,
    `\tboundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(base64.match(/.{1,76}/g) ?? []),
    `--${boundary}`,
    'Content-Type: message/disposition-notification',
    '',
    'Reporting-UA: Estafette',
    `Final-Recipient: rfc822;${from}`,
    ...(id === undefined ? [] : [`Original-Message-ID: ${id}`]),
    'Disposition: manual-action/MDN-sent-manually; displayed',
    '',
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}
