import { hkdfSync } from 'node:crypto';

/** Key of signed URLs and notes, apart from every other use of the server key (RFC 5869). */
export const deriveSigningKey = (secretKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), 'estafette web signing', 32));
