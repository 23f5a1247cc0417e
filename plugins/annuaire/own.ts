import type { DirectoryRecord, PluginRequest, PluginResponse } from 'estafette/plugin';
import { inTime } from './all';
import { annuaireFor, type Context } from './ask';
import { faceOf } from './card';
import type { AnnuaireConfig } from './config';
import { entryOf } from './entry';
import { isKeptFrom } from './kept';
import { entryHref, photoHref } from './links';
import { type Mapping, mappingOf } from './mapping';
import {
  errorsOf,
  fieldsOf,
  isPhoto,
  isSameSet,
  type OwnError,
  type OwnField,
  roomOf,
  sentFields,
} from './own-fields';
import { tell } from './tell';

/** Of the ten seconds that a route has, for reading and writing together: what was typed comes back with the page. */
const PATIENCE_MS = 9_000;
const RETRY_S = 30;
const LONG_CHARS = 150;

/** What kept a change from being written; each is a sentence above the form. */
export type Problem = 'down' | 'refused' | 'format' | 'password' | 'noPassword';
const STATUSES: Readonly<Record<Problem, number>> = {
  down: 503,
  refused: 403,
  format: 422,
  password: 403,
  noPassword: 403,
};
const PROBLEMS: Readonly<Record<Problem, string>> = {
  down: 'annuaire:own.problem.down',
  refused: 'annuaire:own.problem.refused',
  format: 'annuaire:own.problem.format',
  password: 'annuaire:own.problem.password',
  noPassword: 'annuaire:own.problem.noPassword',
};
/** Sentences by the word that an address has. */
const DONE: Readonly<Record<string, string>> = {
  saved: 'annuaire:own.done.saved',
  same: 'annuaire:own.done.same',
  photo: 'annuaire:own.done.photo',
  photoGone: 'annuaire:own.done.photoGone',
};
const PHOTO_PROBLEMS: Readonly<Record<string, string>> = {
  photoSize: 'annuaire:own.problem.photoSize',
  photoType: 'annuaire:own.problem.photoType',
  photoNone: 'annuaire:own.problem.photoNone',
};

/** The entry of who is there, where the site lets people change it. */
export interface Own {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly config: Readonly<AnnuaireConfig>;
  readonly mapping: Mapping;
  readonly as: NonNullable<PluginRequest['as']>;
  readonly record: DirectoryRecord;
  /** When the directory has to have answered, all questions of a request together. */
  readonly until: number;
}

/** Shows a page of one’s own entry; 404 where there is none, or nothing of it may be changed. */
export const ownPage =
  (run: (own: Own) => PluginResponse | Promise<PluginResponse>) =>
  async (request: PluginRequest, context: Context): Promise<PluginResponse> => {
    const { as, site } = request;
    const config = context.config(request);
    if (!as || config.own.length === 0 || !context.directory(site)) return { status: 404 };
    if (isKeptFrom(request, context, config.outside)) return { status: 403 };
    const mapping = mappingOf(config);
    const until = context.clock.now() + PATIENCE_MS;
    let record: DirectoryRecord | undefined;
    try {
      record = await inTime(context, context.ownEntry(as, { isNow: true }), PATIENCE_MS);
    } catch (error) {
      context.log.warn({ err: error, site }, 'annuaire/down');
      // The form comes back as it was sent, though nothing is known of the entry.
      const unknown = { request, context, config, mapping, as, record: NO_RECORD, until };
      return ownForm(unknown, { fields: sentOf(unknown), problem: 'down' });
    }
    if (!record) return { status: 404 };
    return run({ request, context, config, mapping, as, record, until });
  };

const NO_RECORD: DirectoryRecord = { dn: '', type: 'person', name: '', mails: [], attributes: {} };

const knownOf = ({ mapping, config, record, request }: Own): readonly OwnField[] =>
  fieldsOf(mapping, config.own, record, request.locale);
const sentOf = (own: Own): readonly OwnField[] => sentFields(knownOf(own), own.request);

/** The form, as the directory has it or as it was sent. */
export const showOwn = (own: Own): PluginResponse => ownForm(own, { fields: knownOf(own) });

/** The form with what kept a picture from being written. */
export const ownProblem = (own: Own, problem: Problem): PluginResponse =>
  ownForm(own, { fields: knownOf(own), problem });

interface Shown {
  readonly fields: readonly OwnField[];
  readonly status?: number;
  readonly problem?: Problem;
  readonly errors?: readonly OwnError[];
  /** Fields that somebody else has changed meanwhile, with what stands there now. */
  readonly others?: ReadonlyMap<string, readonly string[]>;
}

function ownForm(own: Own, shown: Shown): PluginResponse {
  const { request, context, config, mapping, record } = own;
  const { fields, problem, errors = [], others = new Map() } = shown;
  const t = context.text(request.locale);
  const entry = entryOf(mapping, record);
  const photo = config.own.find((rule) => isPhoto(mapping, rule));
  const sentenceOf = (all: Readonly<Record<string, string>>, word: string | undefined): string =>
    word !== undefined && Object.hasOwn(all, word) ? (all[word] ?? '') : '';
  const done = request.query['done'];
  return {
    view: 'own',
    title: t('annuaire:own.title'),
    status: shown.status ?? (problem ? STATUSES[problem] : 200),
    ...(problem === 'down' && { retryAfterS: RETRY_S }),
    model: {
      isKnown: record.dn !== '',
      name: record.name,
      face: entry && faceOf(entry),
      cardHref: record.dn === '' ? '' : entryHref(record.dn),
      problem: problem ? PROBLEMS[problem] : '',
      done: sentenceOf(DONE, done),
      isDoneNothing: done === 'same',
      isConflict: others.size > 0,
      errorCount: errors.length,
      fields: fields.map((field) => fieldModel(own, field, { errors, others })),
      photo: photo && {
        href: record.dn === '' ? '' : photoHref(record.dn),
        limitBytes: photo.maxBytes,
        problem: sentenceOf(PHOTO_PROBLEMS, request.query['failed']),
      },
    },
  };
}

function fieldModel(
  { request, context }: Own,
  field: OwnField,
  { errors, others }: Required<Pick<Shown, 'errors' | 'others'>>,
) {
  const { id, rule, label, values, was, kind } = field;
  const t = context.text(request.locale);
  const wrong = errors.find((one) => one.id === id);
  return {
    id,
    label: 'key' in label ? t(label.key) : label.text,
    help: rule.help?.[request.locale] ?? '',
    inputs: Array.from({ length: roomOf(field) }, (_, at) => values[at] ?? ''),
    was,
    isPhone: kind === 'phone',
    isLong: rule.maxChars > LONG_CHARS && kind === 'text',
    maxChars: Math.max(rule.maxChars, ...values.map(({ length }) => length)),
    error: wrong ? t(wrong.key, { count: wrong.count }) : '',
    other: others.get(id),
  };
}

/** Writes what somebody changed, unless it was changed under their hands. */
export async function saveOwn(own: Own): Promise<PluginResponse> {
  const { context, as, request } = own;
  const known = knownOf(own);
  const fields = sentFields(known, request);
  const errors = errorsOf(fields);
  if (errors.length > 0) return ownForm(own, { fields, errors, status: 422 });
  const changed = fields.filter(({ values, was }) => !isSameSet(values, was));
  const nowOf = (id: string) => known.find((field) => field.id === id)?.values ?? [];
  const others = new Map(
    changed
      .filter(({ id, values, was }) => !isSameSet(nowOf(id), was) && !isSameSet(nowOf(id), values))
      .map(({ id }) => [id, nowOf(id)] as const),
  );
  if (others.size > 0) {
    // Sent once more, it is known what it replaces.
    const again = fields.map((field) => ({ ...field, was: nowOf(field.id) }));
    return ownForm(own, { fields: again, others, status: 409 });
  }
  const changes = Object.fromEntries(changed.map(({ rule, values }) => [rule.attribute, values]));
  const names = Object.keys(changes);
  if (names.length === 0) return { redirect: `${context.url('own')}?done=same` };
  const problem = await write(own, changes);
  if (problem) return ownForm(own, { fields, problem });
  await tell(context, as, 'own-changed', { attributes: names.join(' ').slice(0, 256) });
  return { redirect: `${context.url('own')}?done=saved` };
}

/** Changes the entry with the rights of its owner; says what kept it from being changed. */
export async function write(
  { context, request, as, until }: Own,
  changes: Readonly<Record<string, readonly (string | Buffer)[]>>,
): Promise<Problem | undefined> {
  try {
    const written = context.directory(request.site)?.changeOwn(as, changes);
    await inTime(context, Promise.resolve(written), Math.max(0, until - context.clock.now()));
    return undefined;
  } catch (error) {
    const problem = problemOf(error);
    const attributes = Object.keys(changes).join(' ');
    context.log.warn(
      { err: error, site: request.site, attributes, problem },
      'annuaire/not-changed',
    );
    return problem;
  }
}

/** RFC 4511 appendix A: what a server has against a value, not against who writes it. */
const FORMAT = new Set([18, 19, 21]);

function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return 'down';
  const code: unknown = Reflect.get(error, 'code');
  const details = Object(Reflect.get(error, 'details')) as Readonly<Record<string, unknown>>;
  if (code === 'directory/no-password') return 'noPassword';
  if (code === 'request/invalid') return 'format';
  if (code !== 'directory/refused') return 'down';
  if (details['reason'] === 'credentials') return 'password';
  return FORMAT.has(Number(details['ldapCode'])) ? 'format' : 'refused';
}

/** Whether an entry is that of who asks, and the site lets them change it. */
export async function isOwn(
  { as, site }: PluginRequest,
  context: Context,
  dn: string,
): Promise<boolean> {
  if (!as || dn === '') return false;
  const annuaire = annuaireFor(context, { site, as });
  if (!annuaire || annuaire.config.own.length === 0) return false;
  const own = await context.ownEntry(as).catch(() => undefined);
  return own?.dn === dn;
}
