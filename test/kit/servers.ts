import { type DemoStack, type DemoStackOptions, startDemoStack } from '../../src/demo/stack';

export type TestServersOptions = Omit<DemoStackOptions, 'dovecot'>;

/** The servers of the demo for tests: mailboxes are empty unless `seed` is true. */
export function startTestServers(options: TestServersOptions = {}): Promise<DemoStack> {
  return startDemoStack({ seed: false, ...options, dovecot: false });
}

/**
 * Starts the servers before the tests of a file, ends every fault after each, closes at the end.
 * The function returned gives them inside a test.
 */
export function useTestServers(options: TestServersOptions = {}): () => DemoStack {
  let stack: DemoStack | undefined;
  const running = (): DemoStack => {
    if (!stack) throw new Error('the servers run inside tests only');
    return stack;
  };
  beforeAll(async () => {
    stack = await startTestServers(options);
  });
  afterEach(() => {
    for (const { faults } of [running().imap, running().smtp, running().ldap]) faults.clear();
  });
  afterAll(async () => {
    await stack?.close();
  });
  return running;
}
