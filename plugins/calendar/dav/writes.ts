import { type DavName, type DavResponse, davHref, davTags } from 'estafette/plugin';
import { readObject } from '../ics/object';
import { IcsError, type IcsReason } from '../ics/types';
import { addressesOf, ownMails } from '../people/own';
import type { Refusal, When } from '../store';
import { failing, MISSING, notAllowed, STALE } from './answers';
import { componentsFor } from './kept';
import { C, D } from './names';
import { type Call, calendarOf, objectHref } from './places';
import { typeOf } from './props';
import { scheduleTagOf } from './schedule/tag';
import { isTagged, scheduledPut, scheduledRemoval } from './schedule/writing';

const TYPES: ReadonlySet<string> = new Set(['text/calendar', '']);

export const REFUSALS: Readonly<Record<Refusal, DavResponse>> = {
  missing: { status: 409 },
  rights: failing(403, D('need-privileges')),
  'not-an-object': failing(403, C('valid-calendar-data')),
  'too-large': failing(403, C('max-resource-size')),
  full: failing(507, D('quota-not-exceeded')),
  quota: failing(507, D('quota-not-exceeded')),
  uri: { status: 403 },
  room: { status: 403 },
  private: failing(403, D('need-privileges')),
};

/** What a program may write again by, of what others are asked to (RFC 6638 8.2). */
function tagged(text: string): Readonly<Record<string, string>> {
  const tag = scheduleTagOf(text);
  return tag === undefined ? {} : { 'schedule-tag': tag };
}

/** An event or a task as it is at an address. */
export async function get({ request, store, person }: Call): Promise<DavResponse> {
  const [id, uri] = request.path;
  if (uri === undefined) return notAllowed(request.path);
  const object = id === undefined ? undefined : await store.object(person, id, uri);
  if (!object) return MISSING;
  const { etag, text, component, updatedAt } = object;
  return {
    status: 200,
    type: typeOf(component),
    headers: { etag, ...tagged(text), 'last-modified': new Date(updatedAt).toUTCString() },
    body: text,
  };
}

/** The condition of a write, for the store; `false` when it fails already. */
async function conditionOf(call: Call, calendar: string, uri: string): Promise<When | false> {
  const { request, store, person } = call;
  const ifMatch = request.headers['if-match'];
  const ifNone = request.headers['if-none-match'];
  if (ifMatch === undefined && ifNone === undefined) return {};
  const there = (await store.object(person, calendar, uri))?.etag;
  if (ifNone !== undefined) {
    const tags = davTags(ifNone);
    if (tags.includes('*')) return there === undefined ? { ifNoneMatch: true } : false;
    if (there !== undefined && tags.includes(there)) return false;
  }
  if (ifMatch === undefined) return {};
  const tags = davTags(ifMatch);
  if (there === undefined || !(tags.includes('*') || tags.includes(there))) return false;
  // The store compares again, in the transaction that writes.
  return { ifMatch: tags.includes('*') ? '*' : there };
}

/** The component that an object is of, as far as its lines tell. */
const kindOf = (text: string): string | undefined =>
  /^BEGIN:(VEVENT|VTODO|VJOURNAL|VFREEBUSY|VAVAILABILITY)[ \t]*\r?$/im
    .exec(text)?.[1]
    ?.toUpperCase();

/** Of texts that are iCalendar, and no object of a calendar (RFC 4791 4.1). */
const NO_OBJECT: ReadonlySet<IcsReason> = new Set(['nothing', 'several', 'no-uid']);

/** Why a text is refused: as data, or as an object of a calendar (RFC 4791 5.3.2.1). */
function whyNot(text: string): DavName {
  try {
    readObject(text);
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
    if (NO_OBJECT.has(error.reason)) return C('valid-calendar-object-resource');
  }
  return C('valid-calendar-data');
}

/** Addresses at which who asks is asked, and organises (RFC 6638 2.4.1). */
const ownOf = async ({ context, person }: Call): Promise<readonly string[]> =>
  ownMails({ ...person, ...(await addressesOf(context, person.as, person.mail)) });

/** PUT of an event or a task (RFC 4791 5.3.2). */
export async function put(call: Call): Promise<DavResponse> {
  const { request, store, person, context } = call;
  const [id, uri] = request.path;
  if (id === undefined || uri === undefined || request.isCollection) {
    return notAllowed(request.path);
  }
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.has(type)) return failing(415, C('supported-calendar-data'));
  if (!(await calendarOf(call, id))) return REFUSALS.missing;
  const kind = kindOf(request.body);
  const components = componentsFor((await store.properties(person)).get(id));
  if (kind !== undefined && !components.includes(kind)) {
    return failing(403, C('supported-calendar-component'));
  }
  const when = await conditionOf(call, id, uri);
  if (when === false) return STALE;
  const there = await store.object(person, id, uri);
  const isKnown = isTagged(request.headers['if-schedule-tag-match'], there?.text);
  if (isKnown === false) return STALE;
  const own = await ownOf(call);
  const { text, telling, refusal } = scheduledPut(request.body, there?.text, {
    own,
    now: context.clock.now(),
    isMerged: isKnown === true,
  });
  if (refusal) return refusal;
  // What it was merged with, and no other.
  const ifMatch = isKnown ? there?.etag : when.ifMatch;
  const outcome = await store.put({ ...person, mails: own.slice(1) }, id, uri, text, {
    ...when,
    ifMatch,
    telling,
  });
  switch (outcome.kind) {
    case 'created':
    case 'updated': {
      const kept = telling ? (await store.object(person, id, uri))?.text : text;
      // A text that is not the one that was sent has to be read again (RFC 4791 5.3.4).
      const headers = {
        ...(kept === request.body && { etag: outcome.etag }),
        ...tagged(kept ?? ''),
      };
      return outcome.kind === 'created'
        ? { status: 201, headers: { ...headers, location: objectHref(id, uri) } }
        : { status: 204, headers };
    }
    case 'conflict':
      return STALE;
    case 'uid-conflict':
      return failing(403, C('no-uid-conflict'), davHref(objectHref(id, outcome.uri)));
    case 'refused':
      return outcome.reason === 'not-an-object'
        ? failing(403, whyNot(request.body))
        : REFUSALS[outcome.reason];
  }
}

/** DELETE of an object, which goes to the trash, or of a calendar, whose objects do. */
export async function remove(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  if (id === undefined) return { status: 403 };
  if (uri === undefined) {
    const outcome = await store.removeCalendar(person, id);
    if (outcome === 'missing') return MISSING;
    return outcome === 'rights' ? REFUSALS.rights : { status: 204 };
  }
  const there = await store.object(person, id, uri);
  if (!there) return MISSING;
  const when = await conditionOf(call, id, uri);
  if (when === false) return STALE;
  if (isTagged(request.headers['if-schedule-tag-match'], there.text) === false) return STALE;
  const own = await ownOf(call);
  const telling = scheduledRemoval(there.text, {
    own,
    now: call.context.clock.now(),
    isSilent: request.headers['schedule-reply']?.trim().toUpperCase() === 'F',
  });
  switch (
    await store.remove({ ...person, mails: own.slice(1) }, id, uri, {
      ifMatch: when.ifMatch,
      telling,
    })
  ) {
    case 'removed':
      return { status: 204 };
    case 'missing':
      return MISSING;
    case 'conflict':
      return STALE;
    case 'rights':
      return REFUSALS.rights;
  }
}
