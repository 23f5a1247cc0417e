import type { Response } from 'express';

/**
 * Runs `undo` once the answer's connection is gone; at once when it already is, since Node never
 * calls a `close` listener that comes after the close.
 */
export function onClosed(res: Pick<Response, 'closed' | 'once'>, undo: () => void): void {
  if (res.closed) undo();
  else res.once('close', undo);
}
