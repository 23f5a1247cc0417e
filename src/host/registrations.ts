import type { Log } from '../base/log';
import { toError } from '../kernel/thrown';
import type { Registrations } from './context';

export interface UndoableRegistrations extends Registrations {
  /**
   * Undoes everything, last first, and refuses what comes later: an `activate` given up on may
   * still be running, and must not leave a handler behind (plugins.md P8).
   */
  undo(): void;
}

/** Records what a plugin registers. */
export function createRegistrations(plugin: string, log: Log): UndoableRegistrations {
  const removers: (() => void)[] = [];
  let isClosed = false;
  const run = (remove: () => void): void => {
    try {
      remove();
    } catch (error) {
      log.error({ plugin, err: toError(error) }, 'plugin/undo-failed');
    }
  };
  return {
    add(remove) {
      if (!isClosed) {
        removers.push(remove);
        return;
      }
      run(remove);
      throw new Error(`plugin ${plugin} is stopped: nothing can be registered any more`);
    },
    undo() {
      isClosed = true;
      for (const remove of removers.splice(0).reverse()) run(remove);
    },
  };
}
