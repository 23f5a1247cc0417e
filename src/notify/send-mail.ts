import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import { buildMessage } from '../mime';
import type { Site } from '../sites';
import type { SmtpTransport } from '../smtp';

export interface PlatformMail {
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly date: Date;
}

export interface SendMailDeps {
  readonly transport: SmtpTransport;
  /** Folder of short-lived files. */
  readonly tempDir: string;
}

const MAX_BYTES = 100_000; // a notice is a page of text

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
): Promise<void> {
  const { notices } = site;
  if (!notices) throw new AppError('config/invalid', { details: { site: site.id } });
  const file = path.join(tempDir, `notice-${newToken(12)}`);
  try {
    const { messageId } = await buildMessage(
      {
        from: { name: site.title, mail: notices.from },
        ...(notices.replyTo !== undefined && { replyTo: { name: '', mail: notices.replyTo } }),
        to: [{ name: '', mail: mail.recipient }],
        cc: [],
        subject: mail.subject,
        text: mail.text,
        date: mail.date,
        // No absence answers this, and no answer is read (RFC 3834 5, 3.1.8).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      },
      {
        to: createWriteStream(file, { flags: 'wx', mode: 0o600 }),
        maxBytes: MAX_BYTES,
      },
    );
    await transport.send({
      server: site.smtp,
      credential: () => ({
        username: notices.username ?? '',
        password: notices.password ?? '',
      }),
      envelope: { from: notices.from, to: [mail.recipient] },
      file,
      messageId,
    });
  } finally {
    await rm(file, { force: true });
  }
}
