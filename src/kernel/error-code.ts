/**
 * The code of a system or driver error: `ENOENT`, `SQLITE_BUSY`. Read from the shape, because an
 * error that native code made may belong to another realm, where `instanceof Error` is false.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
