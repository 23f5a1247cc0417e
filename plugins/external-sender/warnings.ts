import type { HookOf } from 'estafette/plugin';
import type { Judge } from './judge';

type Warnings = HookOf<'message:warnings'>;
type Message = Pick<Warnings['query'], 'from' | 'sender' | 'replyTo'>;
type Warning = Warnings['item'];

/**
 * Warns of addresses of a message that look like one of the ministry: who it says that it is from,
 * who sent it, and where an answer would go. At most one of each kind.
 */
export function warningsOf(message: Message, judge: Judge): readonly Warning[] {
  const { from, sender, replyTo } = message;
  for (const { mail } of [...from, ...(sender ? [sender] : [])]) {
    const verdict = judge.of(mail);
    if (verdict?.kind !== 'look-alike') continue;
    const { real, domain } = verdict;
    return [
      {
        level: 'danger',
        code: 'look-alike',
        text: 'external-sender:warning.lookAlike',
        values: { real, domain },
      },
    ];
  }
  for (const { mail } of replyTo) {
    const verdict = judge.of(mail);
    if (verdict?.kind !== 'look-alike') continue;
    const { real } = verdict;
    return [
      {
        level: 'danger',
        code: 'look-alike-reply',
        text: 'external-sender:warning.replyTo',
        values: { real, mail },
      },
    ];
  }
  return [];
}
