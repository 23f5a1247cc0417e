import { createHmac, hkdfSync } from 'node:crypto';

/** Key of signed URLs and notes, apart from every other use of the server key (RFC 5869). */
export const deriveSigningKey = (secretKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), 'estafette web signing', 32));

/** What stands for `text` in one use of the key, and in no other. */
export const signed = (
  { signingKey }: { readonly signingKey: Buffer },
  use: string,
  text: string,
): string => createHmac('sha256', signingKey).update(`${use}\n`).update(text).digest('base64url');
