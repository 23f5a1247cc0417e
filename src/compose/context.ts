import type { singleFlight } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { HookEmitter } from '../kernel/hook-types';
import type { Texts } from '../kernel/i18n-types';
import type { Metrics } from '../kernel/meter';
import type { RunTask } from '../mail';
import type { Mail } from '../mail/types';
import type { Absentees } from '../session/absentees';
import type { Actor } from '../session/types';
import type { Settings } from '../settings/types';
import type { SmtpTransport } from '../smtp';
import { findDraft, type StoredDraft } from './draft-store';
import type { OutboxRow } from './outbox-store';
import type { UploadFiles } from './upload-files';

export type { RunTask };

export interface ComposeDeps {
  readonly db: Database;
  readonly mail: Mail;
  readonly hooks: HookEmitter;
  readonly runTask: RunTask;
  readonly clock: Clock;
  readonly log: Log;
  /** Folder for uploads and messages being sent; on a disk shared by all processes. */
  readonly uploadsDir: string;
  readonly settings: Settings;
  readonly transport: SmtpTransport;
  readonly texts: Texts;
  readonly metrics?: Metrics;
  /** Acts for agents who are away; without it, what was put off waits for them. */
  readonly absentees?: Absentees;
}

/** The dependencies and what is made of them once. */
export interface ComposeContext extends ComposeDeps {
  readonly files: UploadFiles;
  /** Names this process among those that share the outbox. */
  readonly processId: string;
  /** Shares a reading of the outbox that is under way, by site and person. */
  readonly readings: ReturnType<typeof singleFlight<readonly OutboxRow[]>>;
  /** Runs one after the other what has the same key. */
  inTurn<T>(key: string, run: () => Promise<T>): Promise<T>;
}

export interface Owner {
  readonly user: UserId;
  readonly site: SiteId;
}

export const ownerOf = (actor: Actor): Owner => ({ user: actor.user.id, site: actor.site.id });

/** The actor's draft; 404 for another agent's, the same as for one that does not exist. */
export async function requireDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<StoredDraft> {
  const draft = await findDraft(context.db.knex, ownerOf(actor), id);
  if (!draft) throw new AppError('draft/not-found');
  return draft;
}
