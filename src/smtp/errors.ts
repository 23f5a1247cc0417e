import { AppError, isAppError } from '../base/errors';
import type { SmtpRefused, SmtpRejection } from './types';

/** The server answered 4xx or 5xx: nothing was accepted. */
export class SmtpRejected extends AppError {
  readonly refused: SmtpRefused;

  constructor(
    readonly rejected: readonly SmtpRejection[],
    readonly isPermanent: boolean,
    options: { cause?: unknown; step: string; replyCode?: number; refused: SmtpRefused },
  ) {
    const { step, replyCode, refused } = options;
    super('smtp/rejected', {
      cause: options.cause,
      details: { step, replyCode, refused, count: rejected.length },
    });
    this.refused = refused;
    this.name = 'SmtpRejected';
  }
}

/** The last bytes had left when the connection was lost: the message may or may not be on its way. */
export class SmtpAnswerLost extends AppError {
  constructor(cause: unknown) {
    super('smtp/timeout', { cause, details: { step: 'answer' } });
    this.name = 'SmtpAnswerLost';
  }
}

/** What nodemailer puts on its errors, read one by one: they come from outside. */
interface ReplyFacts {
  readonly code: string | undefined;
  readonly originalCode: string | undefined;
  readonly replyCode: number | undefined;
  readonly command: string | undefined;
  readonly recipient: string | undefined;
  readonly response: string;
  readonly parts: readonly unknown[];
}

function factsOf(error: unknown): ReplyFacts {
  const read = (key: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  const text = (key: string): string | undefined => {
    const value = read(key);
    return typeof value === 'string' ? value : undefined;
  };
  const reply = read('responseCode');
  const parts = read('rejectedErrors');
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    // A reply below 400 to a step that failed is no refusal but a server that talks nonsense.
    replyCode: typeof reply === 'number' && reply >= 400 && reply < 600 ? reply : undefined,
    command: text('command'),
    recipient: text('recipient'),
    response: text('response') ?? '',
    parts: Array.isArray(parts) ? parts : [],
  };
}

/** Refusals per recipient, out of nodemailer's `rejectedErrors`. */
export function rejectionsOf(errors: readonly unknown[]): SmtpRejection[] {
  return errors.flatMap((error) => {
    const { recipient, replyCode } = factsOf(error);
    return recipient === undefined ? [] : [{ mail: recipient, code: replyCode ?? 550 }];
  });
}

/** RFC 5321 4.2.1; 503 speaks of the session's state, not of the message. */
const isPermanentReply = (code: number): boolean => code >= 500 && code !== 503;

/**
 * An error before anything could be accepted. `to` are the recipients the refusal is about when
 * the server refused the whole message.
 */
export function smtpError(error: unknown, step: string, to: readonly string[]): AppError {
  if (isAppError(error)) return error;
  const facts = factsOf(error);
  if (facts.code === 'EAUTH') return authError(error, facts);
  if (facts.replyCode !== undefined) return rejection(error, facts, step, to);
  if (facts.code === 'ETIMEDOUT') {
    return new AppError('smtp/timeout', { cause: error, details: { step } });
  }
  // The announced SIZE limit, compared before MAIL FROM (RFC 1870 6.1).
  if (facts.code === 'EMESSAGE' && facts.command === 'MAIL FROM') {
    const options = { cause: error, step, replyCode: 552, refused: 'size' } as const;
    return new SmtpRejected(all(to, 552), true, options);
  }
  return new AppError('smtp/unreachable', {
    cause: error,
    details: { step, code: facts.originalCode ?? facts.code },
  });
}

/**
 * 535 says that this server refuses the password (RFC 4954 6), and nothing of the servers that
 * accepted it at sign-in: the session goes on, and ends by itself if IMAP refuses it too.
 */
function authError(error: unknown, facts: ReplyFacts): AppError {
  const isPermanent = facts.replyCode !== undefined && isPermanentReply(facts.replyCode);
  return new SmtpRejected([], isPermanent, {
    cause: error,
    step: 'auth',
    refused: 'credential',
    ...(facts.replyCode === undefined ? {} : { replyCode: facts.replyCode }),
  });
}

function rejection(
  error: unknown,
  facts: ReplyFacts,
  step: string,
  to: readonly string[],
): SmtpRejected {
  const replyCode = facts.replyCode ?? 550;
  const own = rejectionsOf(facts.parts);
  // One recipient that may succeed later keeps the whole message retryable.
  const isPermanent = own.length
    ? own.every(({ code }) => isPermanentReply(code))
    : isPermanentReply(replyCode);
  return new SmtpRejected(own.length ? own : all(to, replyCode), isPermanent, {
    cause: error,
    step: facts.command ?? step,
    replyCode,
    refused: refusedBy(facts, step),
  });
}

/**
 * Addresses are refused at RCPT alone: any other step is about the message, and naming addresses
 * that are right would send people to look for an error that is not there.
 */
function refusedBy({ command, replyCode, response }: ReplyFacts, step: string): SmtpRefused {
  if (command === 'RCPT TO') return 'recipients';
  // RFC 3463: 5.3.4 is too big, whatever the reply; 552 with X.2.2 is a mailbox that is full.
  const isFull = /\b5\.2\.2\b/.test(response);
  if (/\b5\.3\.4\b/.test(response) || (replyCode === 552 && !isFull)) return 'size';
  return command === 'MAIL FROM' && step !== 'answer' ? 'sender' : 'content';
}

const all = (to: readonly string[], code: number): SmtpRejection[] =>
  to.map((mail) => ({ mail, code }));

/** An error after the last bytes left: a refusal is an answer, anything else is not. */
export function answerError(error: unknown, to: readonly string[]): AppError {
  return factsOf(error).replyCode === undefined
    ? new SmtpAnswerLost(error)
    : smtpError(error, 'answer', to);
}
