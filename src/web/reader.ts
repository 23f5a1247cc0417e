import type { PageReader } from '../view';
import type { RequestContext } from './context';

/** Who looks at a page, as plugins are told; `undefined` before sign-in is complete. */
export function readerOf({ actor }: RequestContext): PageReader | undefined {
  return actor && { id: actor.user.id, name: actor.user.name, mail: actor.user.mail };
}
