const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether a provider of the demonstration may send browsers to an address: the application on this
 * machine, whatever its port and the name it is reached by, and names of tests that lead nowhere.
 */
export function isDemoApplication(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  const isLocal = LOOPBACK.has(hostname) || hostname.endsWith('.localhost');
  return (
    (protocol === 'http:' && isLocal) || (protocol === 'https:' && hostname.endsWith('.example'))
  );
}
