import type { Audit, AuditStream } from '../audit';
import { withDeadline } from '../base/async';
import { pingImap } from '../imap';
import type { Database } from '../kernel/db-types';
import type { HookEmitter } from '../kernel/hook-types';
import { pingDirectory } from '../ldap';
import type { Notifier } from '../notify';
import type { Site } from '../sites';
import { pingSmtp } from '../smtp';
import type { HealthCheck } from '../web/health-status';

const CHECK_MS = 3_000;
/** Probes come every few seconds; back ends are asked less often than that. */
const FRESH_MS = 5_000;

export interface Dependencies {
  readonly db: Database;
  readonly sites: readonly Site[];
  readonly hooks: HookEmitter;
  /** Mails of the platform: what says that they do not leave. */
  readonly notices: Pick<Notifier, 'problemOf'>;
  readonly audit: Pick<Audit, 'problem'>;
  /** Where the configuration names a place for it. */
  readonly auditStream: Pick<AuditStream, 'problem'> | undefined;
}

export const pings = {
  imap: (site: Site): Promise<void> => pingImap(site.imap, CHECK_MS),
  smtp: async (site: Site): Promise<void> => {
    await pingSmtp(site.smtp, { timeoutMs: CHECK_MS });
  },
  ldap: async (site: Site): Promise<void> => {
    if (site.signIn.kind === 'ldap') await pingDirectory(site.signIn.ldap, { timeoutMs: CHECK_MS });
  },
};

/** A commit that changes nothing: a number of the file's header, which is ours and stays 0. */
const tryWrite = async (db: Database): Promise<void> => {
  await db.knex.raw('PRAGMA user_version = 0');
};

/** Database, and each site's mail and directory servers; answers are kept for a moment. */
export function createHealth({
  db,
  sites,
  hooks,
  notices,
  audit,
  auditStream,
}: Dependencies): () => Promise<readonly HealthCheck[]> {
  let last: { readonly at: number; readonly checks: Promise<readonly HealthCheck[]> } | undefined;

  const check = async (id: string, run: () => Promise<unknown>): Promise<HealthCheck> => {
    const started = performance.now();
    const since = (): number => Math.round(performance.now() - started);
    try {
      await withDeadline(run(), CHECK_MS, () => new Error('timeout'));
      return { id, ok: true, ms: since() };
    } catch (error) {
      return {
        id,
        ok: false,
        ms: since(),
        detail: error instanceof Error ? error.message : 'failed',
      };
    }
  };

  /** What the plugins of a site depend on; each is asked for each site that has it. */
  const asked = async ({ id: site }: Site): Promise<readonly HealthCheck[]> => {
    const found = await hooks.collect({ site }, 'health:checks', {});
    return found.map(({ plugin, item: { id, ok, ms, detail } }) => ({
      id: `${site}:${plugin}:${id}`,
      ok,
      ms,
      ...(detail !== undefined && { detail }),
    }));
  };

  const checkProblem = (id: string, problemOf: () => Promise<string | undefined>) =>
    check(id, async () => {
      const problem = await problemOf();
      if (problem !== undefined) throw new Error(problem);
    });

  return () => {
    if (last && performance.now() - last.at < FRESH_MS) return last.checks;
    const own = Promise.all([
      check('database', async () => db.knex.raw('select 1')),
      // What is read goes on with a full disk, and nobody can sign in.
      check('database-write', () => tryWrite(db)),
      checkProblem('audit', () => audit.problem()),
      ...(auditStream ? [checkProblem('audit-stream', () => auditStream.problem())] : []),
      ...sites.flatMap((site) => [
        check(`${site.id}:imap`, () => pings.imap(site)),
        check(`${site.id}:smtp`, () => pings.smtp(site)),
        ...(site.notices
          ? [checkProblem(`${site.id}:notices`, () => notices.problemOf(site.id))]
          : []),
        ...(site.signIn.kind === 'ldap' ? [check(`${site.id}:ldap`, () => pings.ldap(site))] : []),
      ]),
    ]);
    const checks = Promise.all([own, ...sites.map(asked)]).then((all) => all.flat());
    last = { at: performance.now(), checks };
    return checks;
  };
}
