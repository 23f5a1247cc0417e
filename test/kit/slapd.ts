import { type PrivateSlapd, startSlapd } from '../../src/demo/real/slapd';

/** A private OpenLDAP for the tests of a file, closed at their end. */
export function useSlapd(): () => PrivateSlapd {
  let slapd: PrivateSlapd | undefined;
  beforeAll(async () => {
    slapd = await startSlapd();
  });
  afterAll(async () => {
    await slapd?.close();
  });
  return () => {
    if (!slapd) throw new Error('slapd runs inside tests only');
    return slapd;
  };
}
