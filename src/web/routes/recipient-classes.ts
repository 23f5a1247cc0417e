import type { RecipientClass } from '../../view';
import { formOf } from '../body';
import { draftParam } from '../compose-form';
import type { PersonModel } from '../pages/mail';
import { personModel } from '../people';
import { peopleFacts } from '../people-facts';
import type { OpenCall, RouteSpec } from '../route';
import { membersHref } from './autocomplete';

/** Of one question; the page asks again for those that come later. */
const MAX_ASKED = 100;
const MAX_MAIL_CHARS = 254;

/** What plugins say of the addresses in the composer, while it is being filled; stores nothing. */
async function classes({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  draftParam(req);
  const asked = (formOf(req.body).get('mail') ?? [])
    .filter((mail) => mail.length <= MAX_MAIL_CHARS && mail.includes('@'))
    .slice(0, MAX_ASKED);
  const facts = await peopleFacts(deps, { actor, pictured: [], named: asked });
  const items = asked
    .filter((mail) => facts.classes.has(mail.toLowerCase()))
    .map((mail) => personModel(actor, { name: '', mail }, facts))
    .map((person) => ({
      mail: person.mail,
      kind: person.kind,
      isOutside: person.isOutside,
      label: labelOf(person, ctx.t),
      ...listOf(facts.classes.get(person.mail.toLowerCase())),
    }));
  res.json({ items });
}

/** How the members of a list are asked for, as of one that is suggested. */
const listOf = ({ list }: Partial<RecipientClass> = {}) =>
  list && { list: { count: list.count, href: membersHref(list.id) } };

/** The word beside an address, as the message page has it; none for one's own ministry. */
function labelOf(
  { isOutside, kind, kindLabel }: PersonModel,
  t: OpenCall['ctx']['t'],
): string | undefined {
  if (kindLabel !== undefined) return kindLabel;
  if (isOutside) return t('app.outside');
  if (kind === 'look-alike') return t('message.kind.lookAlike');
  return kind === 'state' || kind === 'public' ? t(`message.kind.${kind}`) : undefined;
}

export const recipientClassRoutes: readonly RouteSpec[] = [
  { method: 'post', path: '/compose/:draft/classes', access: 'open', handle: classes },
];
