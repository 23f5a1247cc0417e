import type { Uid } from '../../base/types';
import { OWN_ACCOUNT } from '../../base/types';
import type { MessageView, Row } from '../../mail';

const DATE = '2026-01-15T09:00:00.000Z';
const SENDER = { name: 'Camille Durand', mail: 'camille.durand@test.example' };

/** A row of a list as `message:list` passes it, read, with what the test says of it. */
export const sampleRow = (more: Partial<Row> = {}): Row => ({
  uid: 1 as Uid,
  from: [SENDER],
  to: [],
  subject: 'Bonjour',
  date: DATE,
  sizeBytes: 2_048,
  hasAttachment: false,
  hasInvitation: false,
  isSeen: true,
  isFlagged: false,
  isAnswered: false,
  isForwarded: false,
  isDraft: false,
  keywords: [],
  messageId: '<sample@test.example>',
  ...more,
});

/** A message as `message:model` passes it, with what the test says of it. */
export function sampleMessage(more: Partial<MessageView> = {}): MessageView {
  const row = sampleRow(more.row);
  const { subject, from, to, date, sizeBytes, messageId } = row;
  return {
    ref: {
      account: OWN_ACCOUNT,
      mailbox: 'INBOX',
      uidValidity: 1,
      uid: row.uid,
    } as MessageView['ref'],
    ...{ subject, from, to, date, sizeBytes, messageId },
    sender: undefined,
    replyTo: [],
    cc: [],
    bcc: [],
    internalDate: date,
    references: [],
    row,
    attachments: [],
    inline: [],
    bodies: [{ kind: 'text', part: '1' }],
    hasAlternative: false,
    tooComplex: false,
    warnings: [],
    isOutside: false,
    ...more,
  };
}
