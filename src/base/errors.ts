import type { TextKey } from './types';

/** A server that does not answer: when a person, or a proxy, may ask again (RFC 9110 10.2.3). */
const AGAIN_S = 10;

/**
 * Every error a person can meet: HTTP status, text key, log level. Codes are `area/reason`.
 * User mistakes log at `info`, failures of back ends at `warn`, our own at `error`.
 */
export const ERROR_CODES = {
  'request/invalid': { status: 400, textKey: 'error.invalid', level: 'info' },
  'request/csrf': { status: 403, textKey: 'error.csrf', level: 'warn' },
  'request/forbidden': { status: 403, textKey: 'error.forbidden', level: 'info' },
  'request/not-found': { status: 404, textKey: 'error.notFound', level: 'info' },
  'request/method': { status: 405, textKey: 'error.method', level: 'info' },
  'request/too-large': { status: 413, textKey: 'error.tooLarge', level: 'info' },
  'request/rate': { status: 429, textKey: 'error.rate', level: 'warn' },
  'request/budget': { status: 503, textKey: 'error.busy', level: 'warn' },
  'site/unknown': { status: 421, textKey: 'error.unknownSite', level: 'info' },
  'session/required': { status: 401, textKey: 'error.signInAgain', level: 'info' },
  'session/unconfirmed': { status: 403, textKey: 'error.unconfirmed', level: 'info' },
  'session/frozen': { status: 401, textKey: 'error.frozen', level: 'info' },
  'session/network': { status: 403, textKey: 'error.network', level: 'info' },
  'session/credentials': { status: 401, textKey: 'error.credentials', level: 'info' },
  'session/refused': { status: 403, textKey: 'error.refused', level: 'info' },
  'session/mail-access': { status: 503, textKey: 'error.mailAccess', level: 'error' },
  'session/renewal': { status: 503, textKey: 'error.renewal', level: 'warn' },
  'session/not-eligible': { status: 403, textKey: 'error.notEligible', level: 'info' },
  'session/not-known': { status: 403, textKey: 'error.notKnown', level: 'info' },
  'session/link-conflict': { status: 403, textKey: 'error.linkConflict', level: 'warn' },
  'sign-in/unavailable': {
    status: 503,
    textKey: 'error.signInDown',
    level: 'warn',
    retryAfterS: AGAIN_S,
  },
  'sign-in/invalid': { status: 400, textKey: 'error.signInInvalid', level: 'warn' },
  'sign-in/state': { status: 400, textKey: 'error.signInState', level: 'info' },
  'sign-in/cancelled': { status: 401, textKey: 'error.signInCancelled', level: 'info' },
  'session/throttled': { status: 429, textKey: 'error.throttled', level: 'warn' },
  'directory/unreachable': {
    status: 503,
    textKey: 'error.directoryDown',
    level: 'warn',
    retryAfterS: AGAIN_S,
  },
  // Slow is down: who signs in is told the same of both (threats L1).
  'directory/timeout': {
    status: 503,
    textKey: 'error.directoryDown',
    level: 'warn',
    retryAfterS: AGAIN_S,
  },
  'directory/refused': { status: 403, textKey: 'error.directoryRefused', level: 'info' },
  'directory/no-password': { status: 403, textKey: 'error.directoryNoPassword', level: 'info' },
  'imap/unreachable': {
    status: 503,
    textKey: 'error.mailDown',
    level: 'warn',
    retryAfterS: AGAIN_S,
  },
  'imap/timeout': { status: 504, textKey: 'error.mailSlow', level: 'warn' },
  'imap/protocol': { status: 502, textKey: 'error.mailBroken', level: 'warn' },
  'imap/refused': { status: 502, textKey: 'error.mailRefused', level: 'warn' },
  'imap/over-quota': { status: 507, textKey: 'error.overQuota', level: 'info' },
  'imap/credentials': { status: 401, textKey: 'error.frozen', level: 'info' },
  'mailbox/not-found': { status: 404, textKey: 'error.mailboxNotFound', level: 'info' },
  'mailbox/forbidden': { status: 403, textKey: 'error.mailRefused', level: 'info' },
  'import/not-mail': { status: 422, textKey: 'error.importNotMail', level: 'info' },
  'import/many': { status: 409, textKey: 'error.importMany', level: 'info' },
  'search/invalid': { status: 422, textKey: 'error.searchInvalid', level: 'info' },
  'label/invalid': { status: 422, textKey: 'error.labelInvalid', level: 'info' },
  'mailbox/name': { status: 422, textKey: 'error.mailboxName', level: 'info' },
  'mailbox/exists': { status: 409, textKey: 'error.mailboxExists', level: 'info' },
  'mailbox/changed': { status: 409, textKey: 'error.mailboxChanged', level: 'info' },
  'message/not-found': { status: 404, textKey: 'error.messageNotFound', level: 'info' },
  'message/too-complex': { status: 422, textKey: 'error.tooComplex', level: 'info' },
  'identity/invalid': { status: 422, textKey: 'error.invalid', level: 'info' },
  'template/invalid': { status: 422, textKey: 'error.invalid', level: 'info' },
  'draft/not-found': { status: 404, textKey: 'error.draftNotFound', level: 'info' },
  'draft/conflict': { status: 409, textKey: 'error.draftConflict', level: 'info' },
  'compose/invalid': { status: 422, textKey: 'error.composeInvalid', level: 'info' },
  'attachment/too-large': { status: 413, textKey: 'error.attachmentTooLarge', level: 'info' },
  'smtp/unreachable': { status: 503, textKey: 'error.smtpDown', level: 'warn' },
  'smtp/timeout': { status: 504, textKey: 'error.smtpDown', level: 'warn' },
  'smtp/rejected': { status: 422, textKey: 'error.smtpRejected', level: 'info' },
  'storage/busy': { status: 503, textKey: 'error.storageBusy', level: 'warn' },
  'storage/overdue': { status: 503, textKey: 'error.pluginFailed', level: 'error' },
  'storage/full': { status: 507, textKey: 'error.storageFull', level: 'error' },
  'worker/timeout': { status: 503, textKey: 'error.tooComplex', level: 'warn' },
  'fetch/refused': { status: 403, textKey: 'error.fetchRefused', level: 'info' },
  'fetch/failed': { status: 502, textKey: 'error.fetchFailed', level: 'info' },
  'plugin/denied': { status: 403, textKey: 'error.denied', level: 'info' },
  'plugin/guard-failed': { status: 503, textKey: 'error.guardFailed', level: 'error' },
  'plugin/need-missing': { status: 500, textKey: 'error.pluginFailed', level: 'error' },
  'plugin/person-gone': { status: 401, textKey: 'error.signInAgain', level: 'info' },
  'plugin/suspended': { status: 503, textKey: 'error.pluginSuspended', level: 'info' },
  'plugin/unavailable': { status: 503, textKey: 'error.pluginFailed', level: 'warn' },
  'config/invalid': { status: 500, textKey: 'error.internal', level: 'error' },
  'internal/unexpected': { status: 500, textKey: 'error.internal', level: 'error' },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly status: number;
  readonly textKey: TextKey;
  readonly level: 'info' | 'warn' | 'error';
  readonly retryAfterS?: number;
}

export type ErrorCode = keyof typeof ERROR_CODES;

export interface AppErrorOptions {
  cause?: unknown;
  /** What we know for the log: account, mailbox, uid. Never content, addresses or secrets. */
  details?: Readonly<Record<string, unknown>>;
  /** Replaces the table's text key when a more precise sentence exists. */
  textKey?: TextKey;
  /** Values for the text: shown to the person, escaped by the view. */
  textValues?: Readonly<Record<string, string | number>>;
  /** Seconds after which a retry makes sense, in place of the table's: becomes `Retry-After`. */
  retryAfterS?: number;
}

/** An error with a code from {@link ERROR_CODES}: the only kind that crosses a floor. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly textKey: TextKey;
  readonly textValues: Readonly<Record<string, string | number>>;
  readonly level: 'info' | 'warn' | 'error';
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    const entry: ErrorEntry = ERROR_CODES[code];
    this.code = code;
    this.status = entry.status;
    this.level = entry.level;
    this.textKey = options.textKey ?? entry.textKey;
    this.textValues = options.textValues ?? {};
    this.details = options.details ?? {};
    this.retryAfterS = options.retryAfterS ?? entry.retryAfterS;
  }
}

/** Any thrown value as an AppError; unknown ones become `internal/unexpected` with their cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal/unexpected', { cause: error });
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
