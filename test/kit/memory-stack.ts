import type { DemoApp } from '../../src/demo';
import type { DemoStack } from '../../src/demo/stack';

/** The servers of a demonstration that runs in memory: what they hold, and their faults. */
export function memoryOf({ stack }: Pick<DemoApp, 'stack'>): DemoStack {
  if (!('faults' in stack.imap)) throw new Error('needs the servers in memory');
  return stack as DemoStack;
}
