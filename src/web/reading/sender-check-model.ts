import type { Translate } from '../../kernel/i18n-types';
import type { SenderCheck } from '../../mail';
import { withQuery } from '../links';
import type { SenderCheckModel } from '../pages/reading';
import type { Banner } from '../pages/shell';

const MAX_DETAILS = 12;

/** The sentence beside the sender's address, with what it rests on. */
export function senderCheckModel(
  check: SenderCheck,
  messagePath: string,
  uidValidity: number,
  t: Translate,
): SenderCheckModel {
  return {
    verdict: check.verdict,
    sentence: sentenceOf(check, t),
    details: check.details.slice(0, MAX_DETAILS).map(({ method, result, about }) => ({
      method: method.toUpperCase(),
      result: resultWord(result, t),
      about,
    })),
    by: check.by,
    transitHref: withQuery(`${messagePath}/path`, { uidvalidity: uidValidity }),
  };
}

/** A failure is said above the message as well: quiet when all is well, loud when it is not. */
export function failedCheckBanner(check: SenderCheck | undefined, t: Translate): Banner[] {
  if (check?.verdict !== 'failed') return [];
  return [
    {
      level: 'danger',
      strong: t('senderCheck.failedTitle'),
      text: t('senderCheck.failedText', { domain: check.domain }),
    },
  ];
}

function sentenceOf({ verdict, by, domain }: SenderCheck, t: Translate): string {
  if (verdict === 'verified') return t('senderCheck.verified', { by: by ?? domain });
  if (verdict === 'failed') return t('senderCheck.failed');
  return t('senderCheck.unverified');
}

function resultWord(result: string, t: Translate): string {
  switch (result) {
    case 'pass':
      return t('senderCheck.result.pass');
    case 'fail':
    case 'softfail':
    case 'policy':
      return t('senderCheck.result.fail');
    case 'none':
    case 'neutral':
      return t('senderCheck.result.none');
    default:
      // `temperror`, `permerror`, and what nobody has heard of: shown as it is.
      return t('senderCheck.result.other', { result });
  }
}
