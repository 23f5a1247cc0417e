import type { PluginContext } from 'estafette/plugin';
import { hrefOf } from '../pages/common';
import type { Import } from './imports';
import { FAULT_TEXTS } from './texts';

/** How far an import is: of the page, and of what is sent to it while it is open. */
export function progressModel(
  context: Pick<PluginContext, 'url'>,
  { id, name, state, lines, line, added, updated, refused, faults, book }: Import,
  bookTitle: string,
) {
  const told = faults.map((fault) => ({ ...fault, text: FAULT_TEXTS[fault.reason] }));
  return {
    name,
    isRunning: state === 'running',
    isEnded: state === 'ended',
    percent: Math.floor((100 * line) / Math.max(lines, 1)),
    href: context.url(`import/${id}`),
    bookHref: hrefOf(context, '', { book }),
    bookTitle,
    added,
    updated,
    refused,
    faults: told.filter(({ isTaken }) => !isTaken),
    remarks: told.filter(({ isTaken }) => isTaken),
    more: refused - told.filter(({ isTaken }) => !isTaken).length,
  };
}
