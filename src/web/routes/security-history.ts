import type { AuditEntry } from '../../audit';
import { numberOf } from '../body';
import { withQuery } from '../links';
import { plainShell } from '../mail-page';
import type { SecurityHistoryModel } from '../pages/security';
import { sendPage } from '../reply';
import type { OpenCall } from '../route';
import { placeText, whenText } from '../security-words';

const PAGE = 50;
const PATH = '/security/history';
/** Where a provider that vouches is removed. */
const LINKS = '/security#security-links';

/** Events of the core that a person is told of, by their text. */
const WORDS: Readonly<Record<string, string>> = {
  'session:opened': 'security.event.opened',
  'session:refused': 'security.event.refused',
  'session:closed': 'security.event.closed',
  'session:revoked': 'security.event.sessionsEnded',
  'session:challenged': 'security.event.challenged',
  'session:confirmed': 'security.event.confirmed',
  'account:locked': 'security.event.locked',
  'account:unlocked': 'security.event.unlocked',
  'app-password:created': 'security.event.appCreated',
  'app-password:revoked': 'security.event.appRevoked',
  'security:new-device': 'security.event.newDevice',
  'security:new-country': 'security.event.newCountry',
  'security:guessing': 'security.event.guessing',
  'security:hacked': 'security.event.hacked',
  'security:not-me': 'security.event.notMe',
  'security:reported': 'security.event.reported',
  'sign-in:linked': 'security.event.linked',
  'sign-in:conflict': 'security.event.conflict',
  'sign-in:unlinked': 'security.event.unlinked',
};

/** The text of an event: of the core, or of the plugin that says `audit.<word>` of its own. */
function keyOf({ deps, ctx }: OpenCall, event: string): string | undefined {
  if (Object.hasOwn(WORDS, event)) return WORDS[event];
  const [plugin = '', word = ''] = event.split(':');
  const own = `${plugin}:audit.${word}`;
  return deps.texts.has(own, ctx.locale) ? own : undefined;
}

/** What somebody else could have done in the person's name. */
const DENIABLE =
  /^(?:session:(?:opened|challenged|confirmed)|app-password:created|security:new-[a-z]+|sign-in:(?:un)?linked|[a-z-]+:(?:enrolled|trusted|recovery-used))$/;

/** Lines of the audit log about the person: what they did, and what was done to their account. */
async function linesOf(
  call: OpenCall,
  before: number | undefined,
): Promise<{ readonly lines: readonly AuditEntry[]; readonly last: number | undefined }> {
  const { deps, ctx, actor } = call;
  const found = await deps.safety.audit.list({
    site: ctx.site.id,
    person: actor.user.login,
    ...(before !== undefined && { before }),
    limit: PAGE,
  });
  return {
    lines: found.filter(({ event }) => keyOf(call, event) !== undefined),
    last: found.length === PAGE ? found.at(-1)?.id : undefined,
  };
}

/** Which session has ended, as the last line before it of that session says. */
function sessionOf(
  { deps, ctx }: OpenCall,
  { id, event, details: { session } }: AuditEntry,
  lines: readonly AuditEntry[],
): string {
  if (event !== 'session:closed' || session === undefined) return '';
  const known = lines.find(
    (one) => one.id < id && one.remote !== undefined && one.details['session'] === session,
  );
  if (known?.remote === undefined) return '';
  return ctx.t('security.history.session', {
    when: whenText(deps, ctx, known.at),
    where: placeText(deps, ctx, known.remote),
  });
}

export async function showHistory(call: OpenCall): Promise<void> {
  const { deps, ctx, req, res } = call;
  const { t } = ctx;
  const before = numberOf(req.query['before']);
  const { lines, last } = await linesOf(call, before);
  const model: SecurityHistoryModel = {
    lines: lines.map((line) => {
      const { id, at, event, remote } = line;
      return {
        id,
        when: whenText(deps, ctx, at),
        what: t(keyOf(call, event) ?? event),
        where: [
          remote === undefined ? '' : placeText(deps, ctx, remote),
          sessionOf(call, line, lines),
        ]
          .filter((text) => text !== '')
          .join(', '),
        canDeny: DENIABLE.test(event),
        look: event === 'sign-in:linked' ? LINKS : undefined,
      };
    }),
    older: last === undefined ? undefined : withQuery(PATH, { before: last }),
    newest: before === undefined ? undefined : PATH,
  };
  await sendPage(deps, req, res, {
    view: 'security-history',
    model,
    shell: plainShell(call, { title: t('security.history.title'), area: 'settings' }),
  });
}

/** The line that somebody does not know, when it is about them. */
export async function deniedLine(call: OpenCall, id: string): Promise<AuditEntry | undefined> {
  const wanted = numberOf(id);
  if (wanted === undefined) return undefined;
  const { lines } = await linesOf(call, wanted + 1);
  return lines.find((line) => line.id === wanted);
}
