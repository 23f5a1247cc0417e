import type { SlotFacts } from 'estafette/plugin';
import { messageHref } from '../invitation/message';
import { type Context, hrefOf } from '../pages/common';

/** In the menu of a message: a task, or an event, that begins with its subject and leads back to it. */
export function messageMenu(
  { user, message }: SlotFacts,
  context: Context,
): Readonly<Record<string, unknown>> | undefined {
  if (!user || !message) return undefined;
  const title = message.subject.slice(0, 200);
  return {
    taskHref: hrefOf(context, 'tasks/task', { title, message: messageHref(message) }),
    eventHref: hrefOf(context, 'edit', { text: title }),
  };
}
