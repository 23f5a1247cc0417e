const SAFETY = ['none', 'starttls', 'tls'];

/**
 * Whether an address may stand for another: a host and a port, at least as safe, whose certificate
 * is checked against the same authority.
 */
export function isServerAddress(value: unknown, before?: unknown): boolean {
  if (!isRecord(value) || !isRecord(before)) return false;
  const known = Object.keys(before);
  return (
    typeof value['host'] === 'string' &&
    /^[a-z0-9.:_-]{1,253}$/i.test(value['host']) &&
    Number.isInteger(value['port']) &&
    Number(value['port']) > 0 &&
    Number(value['port']) < 65_536 &&
    SAFETY.indexOf(String(value['security'])) >= SAFETY.indexOf(String(before['security'])) &&
    (value['servername'] === undefined || typeof value['servername'] === 'string') &&
    Object.keys(value).every((name) => name === 'servername' || known.includes(name)) &&
    ['caFile', 'auth'].every((name) => value[name] === before[name])
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
