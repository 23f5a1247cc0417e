import type { Context, Desk } from './common';

/** What the audit log has, and the text that tells the person of it. */
const EVENTS = {
  'book-shared': 'contacts:audit.book-shared',
  'share-ended': 'contacts:audit.share-ended',
  'book-deleted': 'contacts:audit.book-deleted',
  'trash-emptied': 'contacts:audit.trash-emptied',
  exported: 'contacts:audit.exported',
  imported: 'contacts:audit.imported',
  'account-added': 'contacts:audit.account-added',
  'account-removed': 'contacts:audit.account-removed',
} as const;

/** Writes what somebody did with many contacts at once: ids and figures, never who they are of. */
export const audited = (
  { context, request }: Desk,
  event: keyof typeof EVENTS,
  line: {
    readonly target?: string;
    readonly details?: Readonly<Record<string, string | number>>;
  } = {},
): Promise<void> =>
  context.audit({
    event,
    ...(request.as ? { as: request.as } : { site: request.site }),
    ...line,
  });

/** Writes to somebody that a book is shared with them from now on; a mail that fails ends nothing. */
export async function tellShared(
  context: Context,
  user: number,
  values: { readonly owner: string; readonly title: string },
): Promise<void> {
  try {
    const subject = 'contacts:shared.subject';
    await context.notice(user, { subject, text: 'contacts:shared.text', values });
  } catch (err) {
    context.log.warn({ user, err }, 'contacts/notice-failed');
  }
}
