import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { announces, leave, openConnection, signIn, timeout } from './connection';
import { needsUtf8, wireEnvelope } from './envelope';
import { answerError, rejectionsOf, SmtpRejected, smtpError } from './errors';
import { inspectMessageFile, type MessageFileFacts, messageStream } from './message-file';
import type {
  SmtpDeadlines,
  SmtpReceipt,
  SmtpRejection,
  SmtpSendRequest,
  SmtpTransport,
} from './types';

const SMTP_DEADLINES: SmtpDeadlines = {
  connectMs: 8_000,
  commandMs: 10_000,
  // Content filters answer within seconds; RFC 5321 4.5.3.2.6 would allow ten minutes, an agent not.
  dataMs: 60_000,
};
// The slowest line that is still worth waiting for, and what one more recipient may cost.
const SLOWEST_BYTES_PER_MS = 50;
const RECIPIENT_MS = 200;
// RFC 6531 3.5: the recipient needs SMTPUTF8 and the server does not have it.
const NO_UTF8 = 553;
const MAX_LOGGED = 200;
/** Whatever becomes of it, by its headers alone: the text is in Sent (RFC 3461 4.1, 4.3). */
const REPORT = { return: 'headers', notify: 'success,failure,delay' };

export interface SmtpTransportDeps {
  readonly log: Log;
  /** What EHLO says; the machine's name, or its address, by default. */
  readonly ehloName?: string;
  readonly deadlines?: Partial<SmtpDeadlines>;
}

/** One connection per sending: no password waits in memory for the next one. */
export function createSmtpTransport(deps: SmtpTransportDeps): SmtpTransport {
  const deadlines = { ...SMTP_DEADLINES, ...deps.deadlines };

  async function send(request: SmtpSendRequest): Promise<SmtpReceipt> {
    const { from, to } = wireEnvelope(request.envelope);
    const facts = await inspectMessageFile(request.file);
    const connection = await openConnection(request.server, deadlines, deps.ehloName);
    try {
      if (request.server.auth === 'user') {
        await signIn(connection, await request.credential(), request.server, deadlines);
      }
      const { ready, refused } = splitByUtf8(connection, from, [...to.keys()]);
      const sent = await transmit(connection, request, facts, { from, to: ready }, deadlines);
      leave(connection);
      // With the name under which the server queued it, which its own log has too.
      const response = sent.response.slice(0, MAX_LOGGED);
      deps.log.info({ messageId: request.messageId, response }, 'smtp/accepted');
      const wanted = request.envelope.reportAs !== undefined;
      const isReported = !wanted || announces(connection, 'DSN');
      return { ...receiptAsGiven(sent, refused, to), isReported };
    } catch (error) {
      connection.close();
      throw asGivenError(error, to);
    }
  }

  return { send };
}

/** Without SMTPUTF8 on the server, addresses beyond ASCII are refused here, not mangled there. */
function splitByUtf8(
  connection: SMTPConnection,
  from: string,
  to: readonly string[],
): { ready: readonly string[]; refused: readonly SmtpRejection[] } {
  if (announces(connection, 'SMTPUTF8')) return { ready: to, refused: [] };
  const ready = needsUtf8(from) ? [] : to.filter((mail) => !needsUtf8(mail));
  const refused = to
    .filter((mail) => !ready.includes(mail))
    .map((mail) => ({ mail, code: NO_UTF8 }));
  if (ready.length === 0)
    throw new SmtpRejected(refused, true, {
      step: 'utf8',
      replyCode: NO_UTF8,
      refused: needsUtf8(from) ? 'sender' : 'recipients',
    });
  return { ready, refused };
}

/** MAIL, RCPT, DATA: from here every error says what the server can have accepted. */
async function transmit(
  connection: SMTPConnection,
  request: SmtpSendRequest,
  facts: MessageFileFacts,
  envelope: { readonly from: string; readonly to: readonly string[] },
  deadlines: SmtpDeadlines,
): Promise<Sent> {
  const progress = { isComplete: false };
  let goAhead: () => void = () => undefined;
  const wentAhead = new Promise<void>((resolve) => {
    goAhead = resolve;
  });
  const told = { failure: undefined as unknown };
  const tell = async (): Promise<void> => {
    try {
      await request.beforeLast?.();
    } catch (error) {
      told.failure = error;
      // The library writes on errors that pass through it: this one is for it alone.
      throw new Error('the sender stopped', { cause: error });
    }
  };
  const stream = messageStream(request.file, {
    goAhead,
    beforeLast: async () => {
      await tell();
      progress.isComplete = true;
    },
  });
  const envelopeMs = deadlines.commandMs + envelope.to.length * RECIPIENT_MS;
  const dataMs = deadlines.dataMs + facts.sizeBytes / SLOWEST_BYTES_PER_MS;
  const { reportAs } = request.envelope;
  const options = {
    size: facts.sizeBytes,
    use8BitMime: facts.is8bit,
    ...(reportAs !== undefined && { dsn: { ...REPORT, id: reportAs } }),
  };
  try {
    const sent = sendOnce(connection, { ...envelope, to: [...envelope.to], ...options }, stream);
    await withDeadline(Promise.race([sent, wentAhead]), envelopeMs, () => timeout('envelope'));
    return await withDeadline(sent, dataMs, () => timeout('data'));
  } catch (error) {
    stream.destroy();
    if (told.failure !== undefined && !progress.isComplete) throw told.failure;
    throw progress.isComplete
      ? answerError(error, envelope.to)
      : smtpError(error, 'envelope', envelope.to);
  }
}

/** What the server took, and its last line. */
type Sent = SmtpReceipt & { readonly response: string };
type Envelope = Parameters<SMTPConnection['send']>[0];
type Message = Parameters<SMTPConnection['send']>[1];

const sendOnce = (
  connection: SMTPConnection,
  envelope: Envelope,
  message: Message,
): Promise<Sent> =>
  new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.send(envelope, message, (error, info) => {
      if (error) return reject(error);
      resolve({
        accepted: info.accepted,
        rejected: rejectionsOf(info.rejectedErrors ?? []),
        response: info.response,
      });
    });
  });

/** Addresses spelled as the caller spelled them. */
function receiptAsGiven(
  receipt: SmtpReceipt,
  refused: readonly SmtpRejection[],
  to: ReadonlyMap<string, string>,
): SmtpReceipt {
  const given = (mail: string): string => to.get(mail) ?? mail;
  return {
    accepted: receipt.accepted.map(given),
    rejected: [...refused, ...receipt.rejected].map(({ mail, code }) => ({
      mail: given(mail),
      code,
    })),
  };
}

function asGivenError(error: unknown, to: ReadonlyMap<string, string>): unknown {
  if (!(error instanceof SmtpRejected)) return error;
  const rejected = error.rejected.map(({ mail, code }) => ({ mail: to.get(mail) ?? mail, code }));
  const reply = error.details['replyCode'];
  return new SmtpRejected(rejected, error.isPermanent, {
    cause: error.cause,
    step: String(error.details['step']),
    refused: error.refused,
    ...(typeof reply === 'number' ? { replyCode: reply } : {}),
  });
}

/** For health checks: connects, greets, protects, leaves; throws as `send` does. */
export async function pingSmtp(
  server: SmtpSendRequest['server'],
  options: { readonly timeoutMs?: number } = {},
): Promise<{ readonly ms: number }> {
  const started = performance.now();
  const connectMs = options.timeoutMs ?? SMTP_DEADLINES.connectMs;
  if (connectMs <= 0) throw new AppError('smtp/timeout', { details: { step: 'connect' } });
  const connection = await openConnection(server, {
    ...SMTP_DEADLINES,
    connectMs,
    commandMs: connectMs,
  });
  leave(connection);
  return { ms: performance.now() - started };
}
