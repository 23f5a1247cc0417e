import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../../src/base/errors';
import { OWN_ACCOUNT, type Uid, type UidValidity } from '../../src/base/types';
import { sampleRow } from '../../src/host/testing/samples';
import type { AttachmentInfo, Mail, MessageView, PartStream } from '../../src/mail/types';
import {
  firstHeader,
  headerValues,
  messageIds,
  parseAddressList,
  parseHeaders,
} from '../../src/mime';

const VALIDITY = 7 as UidValidity;

/** What a message of the fake holds beside its bytes. */
export interface FakeContent {
  readonly text?: string;
  readonly html?: string;
  readonly parts?: readonly {
    readonly filename: string;
    readonly type: string;
    readonly bytes: Buffer;
    readonly contentId?: string;
  }[];
}

export interface FakeMail extends Mail {
  /** Puts a message into a mailbox; its uid. */
  put(mailbox: string, raw: string, content?: FakeContent): Uid;
  /** Raw messages of a mailbox, oldest first. */
  all(mailbox: string): readonly string[];
  readonly flagged: string[];
  /** Makes these functions fail with `imap/unreachable`. */
  readonly down: Set<'append' | 'message' | 'flag' | 'part' | 'expunge' | 'findByMessageId'>;
  /** Called before and after an append, to be stopped there. */
  onAppend: (when: 'before' | 'after', mailbox: string) => Promise<void>;
}

/**
 * The mail domain over files, `<dir>/<mailbox>/<uid>.eml`: what the compose domain calls, and
 * nothing else. Files, so that a killed process leaves what a server would have kept.
 */
export function createFakeMail(dir: string): FakeMail {
  const contents = new Map<string, FakeContent>();
  mkdirSync(dir, { recursive: true });
  const folder = (mailbox: string): string => {
    const found = path.join(dir, mailbox);
    mkdirSync(found, { recursive: true });
    return found;
  };
  const uids = (mailbox: string): Uid[] =>
    readdirSync(folder(mailbox))
      .map((name) => Number.parseInt(name, 10) as Uid)
      .sort((a, b) => a - b);
  const fileOf = (mailbox: string, uid: number): string => path.join(folder(mailbox), `${uid}.eml`);
  const write = (mailbox: string, raw: Buffer | string): Uid => {
    const counter = path.join(dir, '.last-uid');
    const last = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0;
    const uid = (last + 1) as Uid;
    writeFileSync(counter, String(uid));
    writeFileSync(fileOf(mailbox, uid), raw);
    return uid;
  };
  const raw = (mailbox: string, uid: number): string => {
    if (!existsSync(fileOf(mailbox, uid))) throw new AppError('message/not-found');
    return readFileSync(fileOf(mailbox, uid), 'latin1');
  };
  const check = (name: string): void => {
    if ([...fake.down].some((down) => down === name)) throw new AppError('imap/unreachable');
  };
  const unused = (): never => {
    throw new Error('the compose domain does not call this');
  };
  const streamOf = (bytes: Buffer, filename: string, type: string): PartStream => ({
    filename,
    type,
    charset: undefined,
    sizeBytes: bytes.length,
    stream: Readable.from([bytes], { objectMode: false }),
  });

  const fake: FakeMail = {
    flagged: [],
    down: new Set(),
    onAppend: () => Promise.resolve(),
    put(mailbox, text, content = {}) {
      const uid = write(mailbox, text.replace(/\r?\n/g, '\r\n'));
      contents.set(`${mailbox}/${uid}`, content);
      return uid;
    },
    all: (mailbox) => uids(mailbox).map((uid) => raw(mailbox, uid)),
    special: async (_actor, use) => (use === 'sent' ? 'Sent' : use === 'drafts' ? 'Drafts' : use),
    warnings: async () => [],
    trust: async () => 'ask',
    senderCheck: async () => undefined,
    deliveryReport: async () => undefined,
    receipt: async () => undefined,
    settleReceipt: async () => undefined,
    winmail: async () => [],
    winmailFile: unused,
    transit: async () => ({
      writtenAt: undefined,
      program: undefined,
      hops: [],
      isCut: false,
      knowsOwn: false,
    }),
    async message(_actor, { mailbox, uid, uidValidity }) {
      check('message');
      if (uidValidity !== undefined && uidValidity !== VALIDITY)
        throw new AppError('mailbox/changed');
      return viewOf(mailbox, uid, raw(mailbox, uid), contents.get(`${mailbox}/${uid}`) ?? {});
    },
    async quotable(_actor, { ref }) {
      const { text, html } = contents.get(`${ref.mailbox}/${ref.uid}`) ?? {};
      return { text: text ?? '', html };
    },
    async part(_actor, ref, part) {
      check('part');
      const found = contents.get(`${ref.mailbox}/${ref.uid}`)?.parts?.[Number(part) - 2];
      if (!found) throw new AppError('request/not-found');
      return streamOf(found.bytes, found.filename, found.type);
    },
    source: async (_actor, ref) =>
      streamOf(Buffer.from(raw(ref.mailbox, ref.uid), 'latin1'), 'message.eml', 'message/rfc822'),
    headers: async (_actor, ref) =>
      parseHeaders(raw(ref.mailbox, ref.uid)).fields.map(({ name, value }) => ({ name, value })),
    async flag(_actor, { mailbox, uids: on }, flag) {
      check('flag');
      for (const uid of on) {
        raw(mailbox, uid);
        fake.flagged.push(`${mailbox}/${uid} ${flag}`);
      }
      return { count: on.length };
    },
    async append(_actor, mailbox, { path: file }) {
      await fake.onAppend('before', mailbox);
      check('append');
      const uid = write(mailbox, readFileSync(file));
      await fake.onAppend('after', mailbox);
      return { uid, uidValidity: VALIDITY };
    },
    async findByMessageId(_actor, mailbox, messageId) {
      check('findByMessageId');
      const found = uids(mailbox).filter((uid) =>
        new RegExp(`^message-id: ${messageId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'im').test(
          raw(mailbox, uid),
        ),
      );
      return { uidValidity: VALIDITY, uids: found };
    },
    async expunge(_actor, { mailbox, uids: gone }) {
      check('expunge');
      for (const uid of gone) rmSync(fileOf(mailbox, uid), { force: true });
    },
    account: unused,
    unseen: unused,
    quota: unused,
    list: unused,
    exportMailbox: unused,
    selectAll: unused,
    neighbours: unused,
    conversation: unused,
    conversationUids: unused,
    search: unused,
    markRead: unused,
    body: unused,
    quietMuted: unused,
    markMuted: unused,
    news: unused,
    prepare: unused,
    label: unused,
    unlabel: unused,
    move: unused,
    copy: unused,
    remove: unused,
    archive: unused,
    junk: unused,
    empty: unused,
    readAll: unused,
    newMailbox: unused,
    placeMailbox: unused,
    discardMailbox: unused,
    subscribeMailbox: unused,
    sizes: unused,
    createMailbox: unused,
    renameMailbox: unused,
    deleteMailbox: unused,
    watch: unused,
    release: () => undefined,
  };
  return fake;
}

function viewOf(
  mailbox: string,
  uid: Uid,
  raw: string,
  content: FakeContent,
): MessageView & { readonly inline: readonly AttachmentInfo[] } {
  const headers = parseHeaders(Buffer.from(raw, 'latin1'));
  const people = (name: string) => parseAddressList(firstHeader(headers, name) ?? '').addresses;
  const parts: AttachmentInfo[] = (content.parts ?? []).map((part, index) => ({
    part: String(index + 2),
    filename: part.filename,
    type: part.type,
    sizeBytes: part.bytes.length,
    contentId: part.contentId,
    isMessage: false,
    family: 'file',
  }));
  const attachments = parts.filter(({ contentId }) => contentId === undefined);
  const inline = parts.filter(({ contentId }) => contentId !== undefined);
  const subject = firstHeader(headers, 'subject') ?? '';
  const date = new Date(firstHeader(headers, 'date') ?? 0).toISOString();
  const messageId = messageIds(firstHeader(headers, 'message-id') ?? '')[0];
  return {
    ref: { account: OWN_ACCOUNT, mailbox, uidValidity: VALIDITY, uid },
    subject,
    from: people('from'),
    sender: undefined,
    replyTo: people('reply-to'),
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    date,
    internalDate: date,
    messageId,
    references: messageIds(headerValues(headers, 'references').join(' ')),
    sizeBytes: raw.length,
    row: sampleRow({
      uid,
      from: people('from'),
      to: people('to'),
      subject,
      date,
      sizeBytes: raw.length,
      hasAttachment: attachments.length > 0,
      messageId,
    }),
    attachments,
    inline,
    bodies: [],
    hasAlternative: false,
    tooComplex: false,
    warnings: [],
    isOutside: false,
  };
}
