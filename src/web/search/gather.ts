import type { Clock } from '../../base/clock';
import type { SearchedMailbox } from '../../mail';

/** What the mailboxes of a search have answered so far. */
export class Gathered {
  readonly #found = new Map<string, SearchedMailbox>();
  readonly #listeners = new Set<() => void>();
  isDone = false;

  constructor(readonly paths: readonly string[]) {}

  add(one: SearchedMailbox): void {
    this.#found.set(one.mailbox, one);
    this.#tell();
  }

  finish(): void {
    this.isDone = true;
    this.#tell();
  }

  get all(): readonly SearchedMailbox[] {
    return [...this.#found.values()];
  }

  get pending(): number {
    return this.isDone ? 0 : Math.max(0, this.paths.length - this.#found.size);
  }

  get hasRows(): boolean {
    return this.all.some((one) => 'rows' in one && one.rows.length > 0);
  }

  /** Calls on each answer until the remover is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Waits until all have answered; once there are rows, only `soonMs`, and never longer than `maxMs`. */
export function enough(
  gathered: Gathered,
  clock: Clock,
  { soonMs, maxMs }: { readonly soonMs: number; readonly maxMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    let isSoon = false;
    const finish = (): void => {
      stop();
      stopSoon();
      stopMax();
      resolve();
    };
    const look = (): void => {
      if (gathered.isDone || (isSoon && gathered.hasRows)) finish();
    };
    const stop = gathered.onChange(look);
    const stopSoon = clock.after(soonMs, () => {
      isSoon = true;
      look();
    });
    const stopMax = clock.after(maxMs, finish);
    look();
  });
}
