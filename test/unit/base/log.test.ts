import { AppError } from '../../../src/base/errors';
import { createLog, type Log } from '../../../src/base/log';

function captured(write: (log: Log) => void): string {
  let text = '';
  write(
    createLog({
      level: 'info',
      destination: {
        write(line: string) {
          text += line;
        },
      },
    }),
  );
  return text;
}

const SECRETS = ['alice.martin', 'culture.example', 'ou=agents', 'Relais refusé', 'Mot de passe'];

/** Errors as the libraries throw them: the answer in the message, and again in a member. */
const ERRORS: readonly (readonly [string, Error, readonly string[]])[] = [
  [
    'SMTP',
    Object.assign(
      new Error(
        'Can’t send mail: 550 5.7.1 <alice.martin@culture.example>: Relais refusé\n550 5.7.1 encore',
      ),
      {
        code: 'EENVELOPE',
        responseCode: 550,
        response: '550 5.7.1 <alice.martin@culture.example>: Relais refusé',
      },
    ),
    ['EENVELOPE', '550 5.7.1', '"responseCode":550'],
  ],
  [
    'SMTP, with its answer in the message alone',
    new Error('Invalid login: 535 5.7.8 Mot de passe faux pour alice.martin'),
    ['Invalid login: 535 5.7.8'],
  ],
  [
    'IMAP',
    Object.assign(
      new Error('Command failed: [AUTHENTICATIONFAILED] Mot de passe de alice.martin'),
      {
        responseStatus: 'NO',
        serverResponseCode: 'AUTHENTICATIONFAILED',
        responseText: '[AUTHENTICATIONFAILED] Mot de passe de alice.martin',
      },
    ),
    ['"message":"Command failed: [AUTHENTICATIONFAILED]"', '"responseStatus":"NO"'],
  ],
  [
    'LDAP',
    Object.assign(
      new Error('NDS error: uid=alice.martin,ou=agents,dc=culture,dc=example Code: 0x31'),
      { code: 49, name: 'InvalidCredentialsError' },
    ),
    ['InvalidCredentialsError', 'Code: 0x31'],
  ],
  [
    'any library that names an entry',
    new Error('no such entry "uid=alice.martin, ou=agents,dc=culture.example" here'),
    ['no such entry', '<dn>'],
  ],
];

describe('a line of the log', () => {
  it.each(ERRORS)(
    'of an error of %s holds its codes and none of its words',
    (_what, error, kept) => {
      const text = captured((log) => {
        log.warn({ err: new AppError('imap/refused', { cause: error }) }, 'request/failed');
        log.info({ err: error }, 'x');
      });

      for (const secret of SECRETS) expect(text).not.toContain(secret);
      for (const code of kept) expect(text).toContain(code);
      expect(text).toContain('log.test.ts');
    },
  );

  it('keeps what tells an administrator where to look', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:993'), {
      code: 'ECONNREFUSED',
    });
    const tls = new Error(
      'Hostname/IP does not match certificate’s altnames: Host: imap.saisons.test. is not in the cert',
    );

    const text = captured((log) => {
      log.warn({ err: error }, 'x');
      log.warn({ err: tls }, 'x');
    });

    expect(text).toContain('connect ECONNREFUSED 127.0.0.1:993');
    expect(text).toContain('Host: imap.saisons.test. is not in the cert');
  });

  it('of a library’s warning is scrubbed as well, and bounded', () => {
    const text = captured((log) =>
      log.warn({ detail: `for alice.martin@culture.example ${'x'.repeat(10_000)}` }, 'x'),
    );

    expect(text).toContain('for <address>');
    expect(text.length).toBeLessThan(600);
  });
});
