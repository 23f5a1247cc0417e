import { safeHtml } from '../base/html';
import {
  attachableBytes,
  type ComposeTemplate,
  type Draft,
  type DraftInit,
  findIdentity,
  type OwnIdentity,
  type SendOutcome,
  type Suggestion,
  signatureHtml,
  signatureText,
} from '../compose';
import type { Translate } from '../kernel/i18n-types';
import { formatAddress } from '../mime';
import type { Site } from '../sites';
import { initFields } from './compose-init';
import { badgeOf } from './message-model';
import type { ComposeModel } from './pages/compose';
import type { PersonModel } from './pages/mail';
import type { Banner } from './pages/shell';
import { listLabel, sourceLabel } from './suggestion-texts';

const AUTOSAVE_S = 3;
/** Of what agents write in; spelling is the browser's. */
const LANGUAGES = ['fr', 'en', 'de', 'es', 'it', 'nl', 'pt'] as const;

/** A language by its own name: whoever writes it reads it. */
const languageName = (tag: string): string => {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
};

export interface ComposeModelInput {
  readonly draft: Draft;
  readonly init: DraftInit;
  readonly identities: readonly OwnIdentity[];
  readonly quotePosition: 'top' | 'bottom';
  readonly site: Site;
  readonly t: Translate;
  readonly back: string;
  readonly outcome?: SendOutcome | undefined;
  readonly conflictWith?: string | undefined;
  readonly savedOnServer?: boolean | undefined;
  /** HTML of the draft with `cid:` images turned into addresses that the page can show. */
  readonly editorHtml: string;
  readonly attachmentNotice?: string | undefined;
  readonly templates: readonly ComposeTemplate[];
  readonly people: readonly PersonModel[];
  readonly lists?: ListsFound | undefined;
  readonly later: ComposeModel['later'];
}

/** What was found for the name of a list, and the field that it was looked for. */
export interface ListsFound {
  readonly query: string;
  readonly field: 'to' | 'cc' | 'bcc';
  readonly found: readonly Suggestion[];
}

/** The page model of the composer. */
export function composeModel(input: ComposeModelInput): ComposeModel {
  const { draft, outcome, t, site } = input;
  const path = `/compose/${draft.id}`;
  return {
    id: draft.id,
    revision: draft.revision,
    heading: t(`compose.heading.${draft.mode}`),
    action: path,
    sendAction: `${path}/send`,
    discardAction: `${path}/discard`,
    attachAction: `${path}/attachments`,
    back: input.back,
    hidden: initFields(input.init),
    identities: identityChoices(input),
    fields: {
      to: draft.to,
      cc: draft.cc,
      bcc: draft.bcc,
      subject: draft.subject,
      format: draft.format,
      text: draft.text,
      html: input.editorHtml,
      priority: draft.priority ?? '',
      receipt: draft.receipt === true,
      report: draft.report === true,
      language: draft.language ?? '',
    },
    quotePosition: input.quotePosition,
    keepTemplateAction: `${path}/keep-template`,
    languages: LANGUAGES.map((tag) => ({ tag, label: languageName(tag) })),
    showCc: draft.cc !== '',
    showBcc: draft.bcc !== '',
    attachments: draft.attachments
      .filter(({ contentId }) => contentId === undefined)
      .map((attachment) => attachmentView(draft.id, attachment)),
    limitBytes: attachableBytes(site.limits.messageBytes),
    usedBytes: draft.attachments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    errors: outcomeErrors(outcome, t),
    banners: outcomeBanners(input),
    confirmations:
      outcome?.kind === 'confirm'
        ? outcome.denials.map(({ plugin, code, message, values, lists = [], offer }) => ({
            id: `${plugin}:${code}`,
            lists: lists.map((list) => ({
              label: t(list.label, { ...list.values }),
              isWarning: list.isWarning ?? false,
              items: list.items,
            })),
            hideCopiesAction: offer === 'hide-copies' ? `${path}/hide-copies` : undefined,
            text: message === undefined ? t('compose.confirmGeneric') : t(message, { ...values }),
          }))
        : [],
    resendAction:
      outcome?.kind === 'unknown' || draft.sending === 'unknown' ? `${path}/resend` : undefined,
    savedAt: draft.revision > 0 ? draft.savedAt : undefined,
    isSavedOnServer: input.savedOnServer ?? true,
    autocomplete: '/autocomplete',
    autosaveSeconds: AUTOSAVE_S,
    insideDomains: site.mailDomains,
    timeZone: site.timeZone,
    templates: input.templates.map(({ id, name }) => ({ id, name })),
    templateAction: `${path}/template`,
    people: input.people,
    later: input.later,
    lists: listsView(`${path}/lists`, input.lists, t),
  };
}

/** A draft of before the agent made an identity of its address names the address. */
function identityChoices({ identities, draft }: ComposeModelInput): ComposeModel['identities'] {
  const selected = findIdentity(identities, draft.identity);
  return identities.map((one) => ({
    id: one.id,
    label: [one.label, one.name === '' ? one.mail : `${one.name} <${one.mail}>`]
      .filter(Boolean)
      .join(' – '),
    isSelected: one === selected,
    signature: { text: signatureText(one), html: safeHtml(signatureHtml(one)) },
  }));
}

function listsView(
  action: string,
  { query, field, found }: Partial<ListsFound> = {},
  t: Translate,
): ComposeModel['lists'] {
  return {
    action,
    query: query ?? '',
    field: field ?? 'to',
    found: found?.flatMap((one) =>
      one.list
        ? [
            {
              id: one.list.id,
              name: one.name || one.mail,
              mail: one.mail,
              address: one.mail === '' ? '' : formatAddress(one),
              detail: [listLabel(one.list, t), sourceLabel(one, t)].filter(Boolean).join(' – '),
              count: one.list.count,
            },
          ]
        : [],
    ),
  };
}

/** An upload as the composer shows it, and as the upload's JSON answer says it. */
export function attachmentView(
  draft: string,
  attachment: Draft['attachments'][number],
): ComposeModel['attachments'][number] {
  const path = `/compose/${draft}/attachments/${encodeURIComponent(attachment.id)}`;
  return {
    id: attachment.id,
    filename: attachment.filename,
    badge: badgeOf(attachment.filename, attachment.type.split('/')[0] ?? ''),
    family: attachment.type.split('/')[0] ?? 'file',
    sizeBytes: attachment.sizeBytes,
    href: path,
    removeAction: `${path}/remove`,
  };
}

function outcomeErrors(outcome: SendOutcome | undefined, t: Translate): ComposeModel['errors'] {
  if (outcome?.kind !== 'invalid') return [];
  return outcome.errors.map(({ field, textKey, values }) => ({
    field,
    text: t(textKey, { ...values }),
  }));
}

function outcomeBanners({
  outcome,
  draft,
  t,
  conflictWith,
  savedOnServer,
  attachmentNotice,
}: ComposeModelInput): Banner[] {
  const banners: Banner[] = [];
  const say = (
    level: Banner['level'],
    key: string,
    values: Record<string, string | number> = {},
  ): void => {
    banners.push({ level, text: t(key, values) });
  };
  if (conflictWith !== undefined) {
    banners.push({
      level: 'warn',
      text: t('compose.conflict'),
      actions: [{ label: t('compose.openOther'), href: `/compose/${conflictWith}` }],
    });
  }
  if (savedOnServer === false) say('warn', 'compose.savedHereOnly');
  if (attachmentNotice !== undefined) banners.push({ level: 'danger', text: attachmentNotice });
  switch (outcome?.kind) {
    case 'denied':
      for (const { message, values } of outcome.denials) {
        say('danger', message ?? 'compose.deniedGeneric', { ...values });
      }
      break;
    case 'rejected':
      say('danger', `send.rejected.${outcome.refused}`, {
        addresses: outcome.rejected.map(({ mail }) => mail).join(', '),
      });
      break;
    case 'deferred':
      say('warn', `send.deferred.${outcome.reason}`);
      break;
    case 'unknown':
      say('danger', 'send.unknown');
      break;
    case 'sent':
    case 'partial':
    case 'queued':
    case 'scheduled':
    case 'confirm':
    case 'invalid':
    case undefined:
      if (draft.sending === 'unknown') say('danger', 'send.unknown');
      break;
  }
  return banners;
}
