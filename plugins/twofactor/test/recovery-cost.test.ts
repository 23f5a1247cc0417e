import { randomBytes, scryptSync } from 'node:crypto';
import { RECOVERY_COST } from '../recovery-cost';

it('makes a try of a recovery code cost 32 MB, within what is allowed', () => {
  const { N, r, p, maxmem } = RECOVERY_COST;

  expect(128 * N * r).toBe(32 * 1_024 * 1_024); // RFC 7914 2
  expect(p).toBe(1);
  expect(scryptSync('code', randomBytes(16), 32, { N, r, p, maxmem })).toHaveLength(32);
});
