import { AppError, isAppError } from '../base/errors';
import type { SmtpRejection } from './types';

/** The server answered 4xx or 5xx: nothing was accepted. */
export class SmtpRejected extends AppError {
  constructor(
    readonly rejected: readonly SmtpRejection[],
    readonly isPermanent: boolean,
    options: { cause?: unknown; step: string; replyCode?: number },
  ) {
    super('smtp/rejected', {
      cause: options.cause,
      details: { step: options.step, replyCode: options.replyCode, count: rejected.length },
    });
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
    return new SmtpRejected(all(to, 552), true, { cause: error, step, replyCode: 552 });
  }
  return new AppError('smtp/unreachable', {
    cause: error,
    details: { step, code: facts.originalCode ?? facts.code },
  });
}

/** 535 is a wrong or expired password (RFC 4954 6): the session asks for it again in place. */
function authError(error: unknown, facts: ReplyFacts): AppError {
  if (facts.replyCode === 535) {
    return new AppError('session/frozen', { cause: error, details: { step: 'auth' } });
  }
  const isPermanent = facts.replyCode !== undefined && isPermanentReply(facts.replyCode);
  return new SmtpRejected([], isPermanent, {
    cause: error,
    step: 'auth',
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
    step,
    replyCode,
  });
}

const all = (to: readonly string[], code: number): SmtpRejection[] =>
  to.map((mail) => ({ mail, code }));

/** An error after the last bytes left: a refusal is an answer, anything else is not. */
export function answerError(error: unknown, to: readonly string[]): AppError {
  return factsOf(error).replyCode === undefined
    ? new SmtpAnswerLost(error)
    : smtpError(error, 'answer', to);
}
