import type { z } from 'zod';
import { withDeadline } from '../../base/async';
import { AppError } from '../../base/errors';
import type { SiteId } from '../../base/types';
import {
  type DirectoryFacts,
  type DirectoryPort,
  directoryPortShape,
  type OwnEntries,
  SIGN_IN_DIRECTORY,
} from '../../directory';
import type { PersonRef } from '../../kernel/hook-types';
import type { PluginDirectory } from '../capability-types';
import type { PluginContext } from '../context-types';
import type { Gate } from './gate';
import { outward } from './outward';

const TIMEOUT_MS = 6_000;
/** The entry is found, then a connection is bound as the person. */
const CHANGE_MS = 9_000;

/** The directories of the sites, as the core knows them. */
export interface DirectoryCore {
  /** Those of the sites' files, that of sign-in first. */
  list(site: SiteId): readonly DirectoryFacts[];
  /** Asked for the directories beside that of sign-in, which plugins do not provide. */
  readonly port: DirectoryPort;
  /** The entries of people in the directory of sign-in. */
  readonly own: OwnEntries;
}

export interface DirectoryDeps {
  readonly core: DirectoryCore;
  /** Who answers for the directory of sign-in. */
  readonly portOf: (site: SiteId) => DirectoryPort | undefined;
}

type DirectoryMembers = Pick<PluginContext, 'directory' | 'directories' | 'ownEntry'>;

/** The directories of a site, whoever provides them: questions are bounded, answers are checked. */
export function pluginDirectories(gate: Gate, deps: DirectoryDeps): DirectoryMembers {
  return {
    directory(site, id = SIGN_IN_DIRECTORY) {
      gate.need('directory.read');
      const isSignIn = id === SIGN_IN_DIRECTORY;
      const facts = deps.core.list(site).find((one) => one.id === id);
      const port = gate.onSite(
        site,
        isSignIn ? deps.portOf(site) : facts && named(deps.core.port, id),
      );
      if (!port) return undefined;
      // The base of another provider than the core is its own affair.
      const isOurs = !isSignIn || port === deps.core.port;
      return directoryOf(gate, deps, { site, id, base: (isOurs && facts?.base) || '', port });
    },
    directories(site) {
      gate.need('directory.read');
      const known = gate.onSite(site, deps.core.list(site));
      const isMissing = !known.some(({ id }) => id === SIGN_IN_DIRECTORY);
      // A plugin may provide one where the site's file names none.
      const provided = isMissing && deps.portOf(site) ? [{ id: SIGN_IN_DIRECTORY, title: '' }] : [];
      return [...provided, ...known.map(({ id, title }) => ({ id, title }))];
    },
    async ownEntry(as, { isNow = false } = {}) {
      gate.need('directory.read');
      const actor = await gate.person(as);
      const found = await within(deps.core.own.find(actor, { isNow }), TIMEOUT_MS);
      return checked(directoryPortShape.record, found);
    },
  };
}

/** The core's port for one of its directories. */
const named = (port: DirectoryPort, directory: string): DirectoryPort => ({
  search: (scope, ...rest) => port.search({ ...scope, directory }, ...rest),
  byMail: (scope, mails) => port.byMail({ ...scope, directory }, mails),
  entry: (scope, dn) => port.entry({ ...scope, directory }, dn),
  find: async (scope, question) => provided(port.find)({ ...scope, directory }, question),
  photo: async (scope, ...rest) => provided(port.photo)({ ...scope, directory }, ...rest),
});

function directoryOf(
  gate: Gate,
  { core }: DirectoryDeps,
  {
    site,
    id,
    base,
    port,
  }: Pick<PluginDirectory, 'id' | 'base'> & {
    readonly site: SiteId;
    readonly port: DirectoryPort;
  },
): PluginDirectory {
  const scope = { site };
  return {
    id,
    base,
    async search(text, query = {}) {
      const work = port.search(scope, String(text).slice(0, 100), query);
      return checked(directoryPortShape.records, await within(work, TIMEOUT_MS));
    },
    async byMail(mails) {
      const asked = mails.slice(0, 200).map((mail) => String(mail).slice(0, 320));
      const work = port.byMail(scope, asked);
      return checked(directoryPortShape.byMail, await within(work, TIMEOUT_MS));
    },
    async entry(dn) {
      const work = port.entry(scope, String(dn));
      return checked(directoryPortShape.record, await within(work, TIMEOUT_MS));
    },
    async find(question) {
      const work = provided(port.find)(scope, question);
      return checked(directoryPortShape.answer, await within(work, TIMEOUT_MS));
    },
    async photo(dn, attribute) {
      const work = provided(port.photo)(scope, String(dn), attribute);
      return checked(directoryPortShape.picture, await within(work, TIMEOUT_MS));
    },
    async changeOwn(as: PersonRef, changes) {
      gate.need('directory.write');
      const actor = await gate.person(as);
      // Their password is that of one directory, and of one site.
      if (id !== SIGN_IN_DIRECTORY || actor.site.id !== site) {
        throw new AppError('directory/refused', { details: { reason: 'other-directory' } });
      }
      await within(core.own.change(actor, changes), CHANGE_MS);
    },
  };
}

const within = <T>(work: Promise<T>, timeoutMs: number): Promise<T> =>
  outward(() => withDeadline(work, timeoutMs, () => new AppError('directory/timeout')));

/** A provider may leave out what came later. */
function provided<T>(method: T | undefined): T {
  if (method !== undefined) return method;
  throw new AppError('plugin/unavailable', { details: { port: 'directory', reason: 'left out' } });
}

/** A provider that answers something else has failed, whoever it is. */
function checked<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('plugin/unavailable', { details: { port: 'directory', reason: 'check' } });
}
