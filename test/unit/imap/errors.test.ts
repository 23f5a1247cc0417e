import { AppError } from '../../../src/base/errors';
import { toImapError } from '../../../src/imap';
import { isDropped } from '../../../src/imap/errors';

const wire = (fields: object): Error => Object.assign(new Error('server text'), fields);

describe('failures of the wire', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'imap/unreachable'],
    [{ code: 'NoConnection' }, 'imap/unreachable'],
    [{ code: 'GREETING_TIMEOUT' }, 'imap/timeout'],
    [{ code: 'CONNECT_TIMEOUT' }, 'imap/timeout'],
    [{ authenticationFailed: true }, 'imap/credentials'],
    [{ authenticationFailed: true, serverResponseCode: 'UNAVAILABLE' }, 'imap/unreachable'],
    [{ responseStatus: 'NO', serverResponseCode: 'OVERQUOTA' }, 'imap/over-quota'],
    [{ responseStatus: 'NO', serverResponseCode: 'TRYCREATE' }, 'mailbox/not-found'],
    [{ responseStatus: 'NO', mailboxMissing: true }, 'mailbox/not-found'],
    [{ responseStatus: 'NO', serverResponseCode: 'ALREADYEXISTS' }, 'mailbox/exists'],
    [{ responseStatus: 'NO', serverResponseCode: 'NOPERM' }, 'mailbox/forbidden'],
    [{ responseStatus: 'NO', serverResponseCode: 'EXPUNGEISSUED' }, 'mailbox/changed'],
    [{ responseStatus: 'NO' }, 'imap/refused'],
    [{ responseStatus: 'BAD' }, 'imap/protocol'],
    [{ code: 'ParserError7' }, 'imap/protocol'],
    [{ code: 'LiteralTooLarge' }, 'imap/protocol'],
    [{ code: 'InvalidStringValue' }, 'request/invalid'],
  ])('%j is %s', (fields, code) => {
    expect(toImapError(wire(fields)).code).toBe(code);
  });

  it('keep the cause, and the server text out of the message', () => {
    const cause = wire({ responseStatus: 'NO' });
    const error = toImapError(cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe('imap/refused');
  });

  it('tell a refusal of this moment from one for good', () => {
    const no = (serverResponseCode?: string) =>
      toImapError(wire({ responseStatus: 'NO', serverResponseCode }));

    expect(no('INUSE')).toMatchObject({ code: 'imap/refused', details: { passing: true } });
    expect(no('SERVERBUG')).toMatchObject({ code: 'imap/refused', details: { passing: true } });
    expect(no().details).toEqual({});
    expect(no('READ-ONLY').details).toEqual({});
  });

  it('do not take a mistake of ours for one of the server', () => {
    expect(toImapError(new TypeError('x is undefined')).code).toBe('internal/unexpected');
  });

  it('leave our own errors alone', () => {
    const own = new AppError('message/not-found');
    expect(toImapError(own)).toBe(own);
  });

  it('tell a dropped connection, which a read may survive, from an answer', () => {
    expect(isDropped(wire({ code: 'NoConnection' }))).toBe(true);
    expect(isDropped(toImapError(wire({ code: 'ECONNRESET' })))).toBe(true);
    expect(isDropped(wire({ responseStatus: 'NO', code: 'ECONNRESET' }))).toBe(false);
    expect(isDropped(wire({ code: 'ETIMEOUT' }))).toBe(false);
    expect(isDropped(new AppError('imap/timeout'))).toBe(false);
  });
});
