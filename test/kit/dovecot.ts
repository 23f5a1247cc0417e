import {
  type DovecotOptions,
  type PrivateDovecot,
  startDovecot,
} from '../../src/demo/real/dovecot';

/** A private Dovecot for the tests of a file, closed at their end. */
export function useDovecot(options: () => DovecotOptions): () => PrivateDovecot {
  let dovecot: PrivateDovecot | undefined;
  beforeAll(async () => {
    dovecot = await startDovecot(options());
  });
  afterAll(async () => {
    await dovecot?.close();
  });
  return () => {
    if (!dovecot) throw new Error('Dovecot runs inside tests only');
    return dovecot;
  };
}
