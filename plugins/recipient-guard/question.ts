import type { Denial, DenialList } from 'estafette/plugin';
import type { GuardConfig } from './config';
import type { Look } from './look';

/** Lines of a list; the last one says how many there are besides. */
const SHOWN_MAX = 50;
const LINE_CHARS = 300;

function linesOf(items: readonly string[]): readonly string[] {
  const lines = items.slice(0, SHOWN_MAX).map((item) => item.slice(0, LINE_CHARS));
  return items.length > SHOWN_MAX ? [...lines, `+ ${items.length - SHOWN_MAX}`] : lines;
}

const listOf = (
  label: string,
  items: readonly string[],
  isWarning = false,
): readonly DenialList[] =>
  items.length === 0
    ? []
    : [{ label, values: { count: items.length }, isWarning, items: linesOf(items) }];

/** The question about a message that leaves for outside: what is dangerous first. */
export function questionOf(
  look: Look,
  config: Readonly<GuardConfig>,
  { token, isTooSoon }: { readonly token: string; readonly isTooSoon: boolean },
): Denial {
  const { groups, alike, added } = look;
  const told = new Set([...alike.keys(), ...added]);
  const resemblances = [...alike].map(([mail, real]) => `${mail} ≠ ${real}`);
  const isOffered = look.hasCopies && look.visible > config.hideAbove;
  return {
    deny: true,
    code: `recipients-${token}`,
    message: isTooSoon
      ? 'recipient-guard:tooSoon'
      : config.policy === 'delay'
        ? 'recipient-guard:confirmLater'
        : 'recipient-guard:confirm',
    values: { count: groups.outside.length, seconds: config.delayS },
    confirm: true,
    lists: [
      ...listOf('recipient-guard:list.alike', resemblances, true),
      ...listOf(
        'recipient-guard:list.added',
        added.filter((mail) => !alike.has(mail)),
        true,
      ),
      ...listOf(
        'recipient-guard:list.outside',
        groups.outside.filter((mail) => !told.has(mail)),
      ),
      ...listOf('recipient-guard:list.administrations', groups.administrations),
      ...listOf('recipient-guard:list.ministry', groups.ministry),
      ...listOf('recipient-guard:list.service', groups.service),
      ...listOf('recipient-guard:list.attachments', look.attachments),
    ],
    ...(isOffered && { offer: 'hide-copies' }),
  };
}
