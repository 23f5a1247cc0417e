import type { Translate } from '../../kernel/i18n-types';
import type { DeliveryReport, RecipientReport } from '../../mail';
import { messageHref } from '../links';
import type { Banner } from '../pages/shell';

/** Recipients told one by one; the others are in the report itself. */
const MAX_TOLD = 3;

/** A report in plain words, with the message that it is about. */
export function deliveryBanners(report: DeliveryReport | undefined, t: Translate): Banner[] {
  if (!report) return [];
  const { recipients, sent } = report;
  // Reports that nothing was sent for are a way to make people open what comes with them.
  if (!sent) return [{ level: 'warn', text: t('delivery.notYours') }];
  const href = messageHref(sent.account, sent.mailbox, sent.uid);
  return recipients.slice(0, MAX_TOLD).map((one, index) => ({
    level: one.outcome === 'failed' ? 'danger' : one.outcome === 'delayed' ? 'warn' : 'ok',
    text: sentenceOf(one, t),
    ...(index === 0 && { actions: [{ label: t('delivery.seeSent'), href }] }),
  }));
}

function sentenceOf({ mail, outcome, reason }: RecipientReport, t: Translate): string {
  if (outcome === 'read') return t('delivery.read', { mail });
  if (outcome === 'delivered') return t('delivery.delivered', { mail });
  const why = reasonOf(reason, t);
  return outcome === 'delayed'
    ? t('delivery.delayed', { mail, why })
    : t('delivery.failed', { mail, why });
}

function reasonOf(reason: RecipientReport['reason'], t: Translate): string {
  switch (reason) {
    case 'unknown':
      return t('delivery.why.unknown');
    case 'full':
      return t('delivery.why.full');
    case 'disabled':
      return t('delivery.why.disabled');
    case 'size':
      return t('delivery.why.size');
    case 'refused':
      return t('delivery.why.refused');
    case 'network':
      return t('delivery.why.network');
    default:
      return t('delivery.why.other');
  }
}
