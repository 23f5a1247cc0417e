import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import { type Address, buildMessage, type OutgoingCalendar } from '../mime';
import type { Site } from '../sites';
import type { SmtpReceipt, SmtpTransport } from '../smtp';

export interface PlatformMail {
  readonly recipients: readonly Address[];
  /** Instead of the site's title. */
  readonly fromName?: string | undefined;
  /** Instead of the address that the site names for answers. */
  readonly replyTo?: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly calendar?: OutgoingCalendar | undefined;
  readonly date: Date;
  /** One for all tries; a new one unless given. */
  readonly messageId?: string;
  /** Runs before the last bytes leave; a rejection stops the sending. */
  readonly beforeLast?: () => Promise<void>;
}

export interface SendMailDeps {
  readonly transport: SmtpTransport;
  /** Folder of short-lived files. */
  readonly tempDir: string;
}

const MAX_BYTES = 100_000; // a notice is a page of text
/** An object for calendars goes twice, once as a file (RFC 6047). */
const MAX_CALENDAR_BYTES = 4_000_000;

/** Why a site writes to nobody; `undefined` when it does. */
export function cannotSend({ notices, smtp }: Site): string | undefined {
  if (!notices) return 'no-sender';
  return smtp.auth === 'user' && notices.password === undefined ? 'no-account' : undefined;
}

/** Hands one mail of the platform to the site's server; throws `smtp/*`. */
export async function sendPlatformMail(
  { transport, tempDir }: SendMailDeps,
  site: Site,
  mail: PlatformMail,
): Promise<SmtpReceipt> {
  const { notices } = site;
  if (!notices) throw new AppError('config/invalid', { details: { site: site.id } });
  const replyTo = mail.replyTo ?? notices.replyTo;
  const file = path.join(tempDir, `notice-${newToken(12)}`);
  try {
    const { messageId } = await buildMessage(
      {
        from: { name: mail.fromName ?? site.title, mail: notices.from },
        ...(replyTo !== undefined && { replyTo: { name: '', mail: replyTo } }),
        to: mail.recipients,
        cc: [],
        subject: mail.subject,
        text: mail.text,
        ...(mail.calendar && { calendar: mail.calendar }),
        ...(mail.messageId !== undefined && { messageId: mail.messageId }),
        date: mail.date,
        // No absence answers this, and no answer is read (RFC 3834 5, 3.1.8).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      },
      {
        to: createWriteStream(file, { flags: 'wx', mode: 0o600 }),
        maxBytes: mail.calendar ? MAX_CALENDAR_BYTES : MAX_BYTES,
      },
    );
    return await transport.send({
      server: site.smtp,
      credential: () => ({
        username: notices.username ?? '',
        password: notices.password ?? '',
      }),
      envelope: { from: notices.from, to: mail.recipients.map((one) => one.mail) },
      file,
      messageId,
      ...(mail.beforeLast && { beforeLast: mail.beforeLast }),
    });
  } finally {
    await rm(file, { force: true });
  }
}
