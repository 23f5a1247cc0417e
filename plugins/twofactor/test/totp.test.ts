import { Secret } from 'otpauth';
import { codeAt, inGroups, matchStep, newTotpSecret, otpauthUri, stepAt } from '../totp';

const ASCII = '1234567890';
const secretOf = (bytes: number): Secret =>
  new Secret({ buffer: new TextEncoder().encode(ASCII.repeat(7).slice(0, bytes)).buffer });

/** RFC 6238, appendix B. */
const VECTORS: readonly (readonly [number, string, string, string])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

it.each(VECTORS)('gives the codes of RFC 6238 at %d s', (seconds, sha1, sha256, sha512) => {
  const step = stepAt(seconds * 1_000);
  const at = (bytes: number, algorithm: string) =>
    codeAt(secretOf(bytes), step, { digits: 8, algorithm });

  expect(at(20, 'SHA1')).toBe(sha1);
  expect(at(32, 'SHA256')).toBe(sha256);
  expect(at(64, 'SHA512')).toBe(sha512);
});

describe('a typed code', () => {
  const secret = newTotpSecret();
  const now = Date.UTC(2026, 0, 15, 9, 0, 10);
  const code = (drift: number) => codeAt(Secret.fromBase32(secret), stepAt(now) + drift);

  it('is taken one step before and after, and says which step it was', () => {
    for (const drift of [-1, 0, 1]) {
      expect(matchStep(secret, code(drift), now)).toBe(stepAt(now) + drift);
    }
  });

  it('is refused two steps away', () => {
    for (const drift of [-2, 2]) {
      // One in half a million is the same by chance.
      if ([-1, 0, 1].some((near) => code(near) === code(drift))) continue;
      expect(matchStep(secret, code(drift), now)).toBeUndefined();
    }
  });

  it('may have spaces in it, as applications show it', () => {
    const typed = `${code(0).slice(0, 3)}\u00a0${code(0).slice(3)} `;

    expect(matchStep(secret, typed, now)).toBe(stepAt(now));
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '1e5000', `${'1'.repeat(100_000)}`])(
    'is nothing when it is no six figures',
    (typed) => expect(matchStep(secret, typed, now)).toBeUndefined(),
  );
});

it('draws secrets of 160 bits, each another one', () => {
  const secrets = new Set(Array.from({ length: 50 }, newTotpSecret));

  expect(secrets.size).toBe(50);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
});

it('shows a secret in groups of four', () => {
  expect(inGroups('ABCDEFGHIJKL')).toBe('ABCD EFGH IJKL');
});

it('says who and where in the address, whatever they are called', () => {
  const uri = new URL(otpauthUri('JBSWY3DPEHPK3PXP', 'Ministère : essai', 'a:b@c.example'));

  expect(uri.searchParams.get('issuer')).not.toContain(':');
  expect(uri.searchParams.get('secret')).toBe('JBSWY3DPEHPK3PXP');
  expect(uri.searchParams.get('digits')).toBe('6');
});
