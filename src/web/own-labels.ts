import type { Request } from 'express';
import { type Label, readLabels } from '../mail';
import type { OpenCall } from './route';

/** A page shows them in its list and in its message: read once. */
const found = new WeakMap<Request, Promise<readonly Label[]>>();

/** Labels of who asks, once a request. */
export function ownLabels({
  deps,
  actor,
  req,
}: Pick<OpenCall, 'deps' | 'actor' | 'req'>): Promise<readonly Label[]> {
  const known = found.get(req);
  if (known) return known;
  const labels = readLabels(deps.settings, actor.user.id);
  found.set(req, labels);
  return labels;
}
