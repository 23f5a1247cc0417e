import type { Uid } from '../base/types';
import type { Translate } from '../kernel/i18n-types';
import type {
  Account,
  Address,
  AttachmentInfo,
  ConversationView,
  DeliveryReport,
  Label,
  ListQuery,
  MessageBody,
  MessageView,
  MessageWarning,
  ReceiptRequest,
  SenderCheck,
  WinmailFile,
} from '../mail';
import type { Actor } from '../session';
import { trustedDomain } from '../settings';
import { conversationModel } from './conversation-model';
import { findMailbox, moveTargets } from './folders';
import { chipsOf, modelOf } from './labels-model';
import { listParams, mailboxHref, messageHref, withQuery } from './links';
import { headFields } from './message-head';
import type { AttachmentModel, MessageModel } from './pages/mail';
import type { Banner } from './pages/shell';
import type { SnoozeTimes } from './pages/snooze';
import { isSelf } from './people';
import type { PeopleFacts } from './people-facts';
import { deliveryBanners } from './reading/delivery-banner';
import { receiptBanner, receiptPath } from './reading/receipt-route';
import { reportTargets } from './reading/report-route';
import { failedCheckBanner, senderCheckModel } from './reading/sender-check-model';
import { foldRecipients } from './recipients';
import { isPreviewable, isViewable } from './sniff';

const MAX_BADGE = 4;

export interface MessageModelInput {
  readonly actor: Actor;
  readonly account: Account;
  readonly view: MessageView;
  readonly query: ListQuery;
  readonly body: MessageBody | undefined;
  readonly bodyError: string | undefined;
  readonly neighbours: { readonly newer: Uid | undefined; readonly older: Uid | undefined };
  readonly prefer: 'text' | 'html';
  readonly remote: 'block' | 'proxy';
  /** Part of a message/rfc822 that is shown instead of the outer message. */
  readonly inside: string | undefined;
  readonly canShowRemote: boolean;
  /** Remote images are shown, and the agent asked for it once for every message of this sender. */
  readonly isTrustedSender: boolean;
  readonly facts: PeopleFacts;
  readonly warnings: readonly MessageWarning[];
  /** All recipients were asked for, as many as a page can bear. */
  readonly allRecipients: boolean;
  readonly labels: readonly Label[];
  readonly snooze: SnoozeTimes;
  readonly senderCheck: SenderCheck | undefined;
  readonly receipt: ReceiptRequest | undefined;
  readonly delivery: DeliveryReport | undefined;
  readonly wrapped: ReadonlyMap<string, readonly WinmailFile[]>;
  readonly conversation?: ConversationView | undefined;
  /** The agent does not want to hear of its conversation. */
  readonly isMuted: boolean;
  /** All messages of the conversation were asked for. */
  readonly isUnfolded: boolean;
  readonly t: Translate;
}

/** The page model of an open message. */
export function messageModel(input: MessageModelInput): MessageModel {
  const { actor, account, view, query, t, inside } = input;
  const { mailbox, uid, uidValidity } = view.ref;
  const path = messageHref(account.id, mailbox, uid);
  const params = listParams(query);
  const use = findMailbox(account.mailboxes, mailbox)?.specialUse;
  const shown = {
    view: input.prefer === 'text' ? 'text' : undefined,
    images: input.remote === 'proxy' ? '1' : undefined,
    inside,
    recipients: input.allRecipients ? 'all' : undefined,
  };
  const recipients = foldRecipients(view, { all: input.allRecipients });
  const self = withQuery(path, { ...params, ...shown });
  const to = (target: Uid | undefined): string | undefined =>
    target === undefined ? undefined : withQuery(messageHref(account.id, mailbox, target), params);
  const compose = (mode: string): string =>
    withQuery('/compose', { [mode]: `${mailbox}/${uid}`, uidvalidity: uidValidity });

  return {
    uid,
    uidValidity,
    mailbox,
    ...headFields({ actor, view, facts: input.facts, recipients, t }),
    isUnfolded: input.allRecipients,
    senderCheck: input.senderCheck && senderCheckModel(input.senderCheck, path, uidValidity, t),
    recipientsSummary: recipientsSummary(actor, [...view.to, ...view.cc, ...view.bcc], t),
    sizeBytes: view.sizeBytes,
    isSeen: view.row.isSeen,
    isFlagged: view.row.isFlagged,
    labels: chipsOf(view.row.keywords, input.labels, t),
    snooze: {
      ...input.snooze,
      action: `${mailboxHref(input.account.id, view.ref.mailbox)}/snooze`,
    },
    labelChoices: input.labels.map((label) => ({
      ...modelOf(label, t),
      isOn: view.row.keywords.some((one) => one.toLowerCase() === label.keyword.toLowerCase()),
    })),
    isMuted: input.isMuted,
    mute: `${mailboxHref(account.id, mailbox)}/mute?${new URLSearchParams({ one: String(uid), on: input.isMuted ? '0' : '1' }).toString()}`,
    conversation:
      input.conversation &&
      conversationModel({
        actor,
        account,
        found: input.conversation,
        opened: { mailbox, uid },
        params,
        isUnfolded: input.isUnfolded,
        t,
      }),
    isDraft: view.row.isDraft || use === 'drafts',
    isOutside: view.isOutside,
    banners: banners(input, self),
    attachments: view.attachments.flatMap((one) => attachmentModels(one, path, input)),
    bodyHref: withQuery(`${path}/body`, {
      ...shown,
      images: input.remote === 'proxy' ? '1' : '0',
      uidvalidity: uidValidity,
    }),
    bodyTitle: t('message.bodyTitle', { subject: view.subject }),
    bodyError:
      input.bodyError === undefined
        ? undefined
        : { text: input.bodyError, href: withQuery(`${path}/source`, { download: '1' }) },
    hrefs: {
      self,
      back: withQuery(mailboxHref(account.id, mailbox), params),
      reply: compose('reply'),
      replyAll: compose('replyall'),
      forward: compose('forward'),
      forwardAttached: compose('attach'),
      again: compose('again'),
      edit: view.row.isDraft || use === 'drafts' ? compose('edit') : undefined,
      recipients: recipients.canUnfold
        ? withQuery(path, { ...params, ...shown, recipients: 'all' })
        : undefined,
      report:
        input.inside === undefined && reportTargets(actor.site).length > 0
          ? withQuery(`${path}/report`, { uidvalidity: uidValidity })
          : undefined,
      transit: withQuery(`${path}/path`, { uidvalidity: uidValidity }),
      zip:
        view.attachments.length > 1
          ? withQuery(`${path}/attachments.zip`, { uidvalidity: uidValidity })
          : undefined,
      headers: `${path}/headers`,
      source: `${path}/source`,
      eml: withQuery(`${path}/source`, { download: '1' }),
      print: withQuery(`${path}/print`, shown),
      alternative: view.hasAlternative
        ? {
            href: withQuery(path, {
              ...params,
              ...shown,
              view: input.prefer === 'text' ? 'html' : 'text',
            }),
            label: t(input.prefer === 'text' ? 'message.showHtml' : 'message.showText'),
          }
        : undefined,
      newer: to(input.neighbours.newer),
      older: to(input.neighbours.older),
    },
    actions: `${mailboxHref(account.id, mailbox)}/actions`,
    back: withQuery(mailboxHref(account.id, mailbox), params),
    moveTargets: moveTargets(account, mailbox, t),
    isTrash: use === 'trash',
    isJunk: use === 'junk',
    canReplyAll:
      new Set(
        [...view.to, ...view.cc].filter(({ mail }) => !isSelf(actor, mail)).map(({ mail }) => mail),
      ).size > 0,
  };
}

/** "à moi et 2 autres". */
function recipientsSummary(actor: Actor, all: readonly Address[], t: Translate): string {
  const first = all.find(({ mail }) => isSelf(actor, mail)) ?? all[0];
  if (!first) return t('message.noRecipient');
  const name = isSelf(actor, first.mail)
    ? t('message.me')
    : first.name === ''
      ? first.mail
      : first.name;
  const others = all.length - 1;
  return others === 0 ? t('message.toOne', { name }) : t('message.toMany', { name, count: others });
}

function banners(input: MessageModelInput, self: string): Banner[] {
  const { view, body, t } = input;
  const found: Banner[] = view.warnings.map((code) => ({
    level: 'danger',
    strong: t('message.warning.title'),
    text: t(`message.warning.${code}`),
  }));
  found.push(...failedCheckBanner(input.senderCheck, t));
  const path = messageHref(input.account.id, view.ref.mailbox, view.ref.uid);
  const receiptAt = receiptPath(path, view.ref.uidValidity);
  found.push(...deliveryBanners(input.delivery, t));
  found.push(...receiptBanner(input.receipt, receiptAt, self, t));
  found.push(
    ...input.warnings.map(({ level, text, values }) => ({ level, text: t(text, values) })),
  );
  if (view.isOutside) {
    found.push({
      level: 'outside',
      strong: t('message.outside.title'),
      text: t('message.outside.text'),
    });
  }
  if (input.inside !== undefined) {
    const href = withQuery(
      messageHref(input.account.id, view.ref.mailbox, view.ref.uid),
      listParams(input.query),
    );
    found.push({
      level: 'info',
      text: t('message.insideOther'),
      actions: [{ label: t('message.backToOuter'), href }],
    });
  }
  if (body && body.blockedRemote > 0 && input.remote === 'block')
    found.push(remoteBanner(input, self));
  if (input.isTrustedSender) found.push(trustedBanner(input, self));
  if (body?.truncated) {
    const href = withQuery(
      `${messageHref(input.account.id, view.ref.mailbox, view.ref.uid)}/source`,
      { download: '1' },
    );
    found.push({
      level: 'warn',
      text: t('message.truncated'),
      actions: [{ label: t('message.downloadOriginal'), href }],
    });
  }
  if (view.tooComplex) found.push({ level: 'warn', text: t('message.tooComplex') });
  return found;
}

function remoteBanner(input: MessageModelInput, self: string): Banner {
  const { view, t } = input;
  const text = t('message.remote.blocked', { count: input.body?.blockedRemote ?? 0 });
  if (!input.canShowRemote) return { level: 'info', text };
  const domain = trustedDomain(view.from[0]?.mail ?? '');
  const path = messageHref(input.account.id, view.ref.mailbox, view.ref.uid);
  const show = withQuery(path, {
    ...Object.fromEntries(new URLSearchParams(self.split('?')[1] ?? '')),
    images: '1',
  });
  return {
    level: 'info',
    text,
    actions: [
      { label: t('message.remote.show'), href: show },
      {
        label: t('message.remote.always'),
        action: `${path}/trust`,
        fields: [{ name: 'back', value: self }],
      },
      ...(domain === undefined
        ? []
        : [
            {
              label: t('message.remote.alwaysDomain', { domain: domain.slice(1) }),
              action: `${path}/trust`,
              fields: [
                { name: 'of', value: 'domain' },
                { name: 'back', value: self },
              ],
            },
          ]),
    ],
  };
}

/** The way back from « always »: where the sender is at hand, whose address is not stored. */
function trustedBanner({ account, view, t }: MessageModelInput, self: string): Banner {
  return {
    level: 'info',
    text: t('message.remote.trusted'),
    actions: [
      {
        label: t('message.remote.forget'),
        action: `${messageHref(account.id, view.ref.mailbox, view.ref.uid)}/trust`,
        fields: [
          { name: 'op', value: 'remove' },
          { name: 'back', value: self },
        ],
      },
    ],
  };
}

/** Text of a tile's badge: the file's extension, else its family. */
export function badgeOf(filename: string, family: string): string {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1];
  return (extension ?? family).slice(0, MAX_BADGE).toUpperCase();
}

/** Files stand in the place of their wrapping, which is shown where it could not be opened. */
function attachmentModels(
  info: AttachmentInfo,
  path: string,
  { wrapped, inside }: Pick<MessageModelInput, 'wrapped' | 'inside'>,
): readonly AttachmentModel[] {
  const files = wrapped.get(info.part) ?? [];
  if (files.length === 0) return [attachmentModel(info, path, inside)];
  return files.map(({ index, filename, type, family, sizeBytes }) => {
    const href = `${path}/parts/${encodeURIComponent(info.part)}/files/${index}`;
    return {
      filename,
      badge: badgeOf(filename, family),
      family,
      sizeBytes,
      href,
      viewHref: isViewable(type) ? withQuery(href, { inline: '1' }) : undefined,
      messageHref: undefined,
    };
  });
}

function attachmentModel(
  info: AttachmentInfo,
  path: string,
  inside: string | undefined,
): AttachmentModel {
  const href = `${path}/parts/${encodeURIComponent(info.part)}`;
  return {
    filename: info.filename,
    badge: badgeOf(info.filename, info.family),
    family: info.family,
    sizeBytes: info.sizeBytes,
    href,
    viewHref: isPreviewable(info.type, info.filename)
      ? withQuery(`${href}/preview`, { inside })
      : undefined,
    messageHref: info.isMessage ? withQuery(path, { inside: info.part }) : undefined,
  };
}
