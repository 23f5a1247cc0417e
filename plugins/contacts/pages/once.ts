import { randomUUID } from 'node:crypto';
import { uuidOf } from '../card/uuid';

const MARK = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a form that makes something carries: each time that it is shown, another. */
export const newMark = (): string => randomUUID();

/**
 * Id of what a form makes. Two clicks send the same twice, and make one thing; a form that comes back
 * from the history with something else in it makes another, and nothing of it is lost.
 */
export const idOnce = (mark: string | undefined, ...said: readonly (string | Buffer)[]): string =>
  mark === undefined || !MARK.test(mark)
    ? randomUUID()
    : uuidOf(mark, ...said.flatMap((one) => ['\n', one]));
