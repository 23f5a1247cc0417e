import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { mailWaiting, tellingOf } from '../outgoing/page';
import { type Desk, hrefOf, page } from '../pages/common';
import { eventHref, mayChange, type Opened, openEvent } from '../pages/opened';
import { peopleIn } from '../people/attendees';
import { isOrganisedHere, organisersOf } from '../people/page';
import type { Put } from '../store';
import { attachedIn, contentOf, FILES_MAX, withFile, withoutFile } from './attached';

/** A file that is too large is told as such, so a little more is let in. */
const UPLOAD_BYTES = 5_000_000;

/** Files of events: each is in the event itself, for whoever is asked to it. */
export function attachmentRoutes(router: PluginRouter<CalendarConfig>): void {
  router.post('/event/attach', page(attach), { upload: { maxBytes: UPLOAD_BYTES } });
  router.post('/event/detach', page(detach));
  router.get('/event/file', page(sendFile));
}

/** Files of what others organise are the organiser's: the next change of theirs would take them away. */
function mayAttach(desk: Pick<Desk, 'person'>, event: Opened): boolean {
  if (!mayChange(event)) return false;
  const people = peopleIn(event.stored.text, event.at);
  return (
    people.attendees.length === 0 || isOrganisedHere(people, organisersOf(desk, event.calendar))
  );
}

/** What the page of an event shows of its files. */
export function filesModel(desk: Desk, event: Opened) {
  const { context } = desk;
  if (event.stored.isMasked) return { files: [], canAttach: false };
  const isTheirs = mayAttach(desk, event);
  const maxKilobytes = context.config(desk.person.site).maxAttachmentKilobytes;
  const files = attachedIn(event.stored.text);
  return {
    files: files.map(({ index, name, bytes, href }) => ({
      index,
      name,
      bytes,
      isElsewhere: href !== '',
      href:
        href === '' ? hrefOf(context, 'event/file', { id: event.stored.id, n: index + 1 }) : href,
    })),
    canAttach: isTheirs && maxKilobytes > 0 && files.length < FILES_MAX,
    canDetach: isTheirs,
    maxKilobytes,
    attachAction: hrefOf(context, 'event/attach'),
    detachAction: hrefOf(context, 'event/detach'),
  };
}

const back = (
  desk: Desk,
  event: Opened,
  query: Readonly<Record<string, string>>,
): PluginResponse => ({
  redirect: eventHref(desk, event.stored.id, { at: event.at, ...query }),
});

const failureOf = (put: Put): string => {
  if (put.kind !== 'refused') return 'changed';
  return put.reason === 'too-large' || put.reason === 'quota' ? 'file' : 'event';
};

/** Writes an event with other files; those who are asked are told, as of any change. */
async function write(
  desk: Desk,
  event: Opened,
  text: string,
  done: string,
): Promise<PluginResponse> {
  const { store, person } = desk;
  const { stored, calendar } = event;
  const telling = tellingOf(desk, event);
  const put = await store.put(person, calendar.id, stored.uri, text, {
    ifMatch: stored.etag,
    telling,
  });
  await mailWaiting(desk, telling);
  return back(desk, event, put.kind === 'updated' ? { done } : { failed: failureOf(put) });
}

async function attach(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const event = await openEvent(desk, request.body);
  if (!event) return { status: 404 };
  if (!mayAttach(desk, event)) return { status: 403 };
  const max = context.config(person.site).maxAttachmentKilobytes * 1_000;
  const files = request.files.filter(
    ({ field, content }) => field === 'file' && content.length > 0,
  );
  const there = attachedIn(event.stored.text);
  const bytes = [...there, ...files.map(({ content }) => ({ bytes: content.length }))].reduce(
    (sum, one) => sum + one.bytes,
    0,
  );
  if (files.length === 0) return back(desk, event, {});
  if (bytes > max || there.length + files.length > FILES_MAX)
    return back(desk, event, { failed: 'file' });
  const now = context.clock.now();
  const text = files.reduce((next, file) => withFile(next, file, now), event.stored.text);
  return write(desk, event, text, 'attached');
}

async function detach(desk: Desk): Promise<PluginResponse> {
  const event = await openEvent(desk, desk.request.body);
  if (!event) return { status: 404 };
  if (!mayAttach(desk, event)) return { status: 403 };
  if (desk.request.body['etag'] !== event.stored.etag)
    return back(desk, event, { failed: 'changed' });
  const index = Number(desk.request.body['index'] ?? '');
  if (!attachedIn(event.stored.text).some((one) => one.index === index)) return { status: 404 };
  return write(
    desk,
    event,
    withoutFile(event.stored.text, index, desk.context.clock.now()),
    'detached',
  );
}

/** A file, to be saved: whoever reads the event reads it, and nobody to whom it is « Occupé ». */
async function sendFile(desk: Desk): Promise<PluginResponse> {
  const { query } = desk.request;
  // Of an address that was cut short.
  if (query['id'] === undefined) return { redirect: hrefOf(desk.context, '') };
  const event = await openEvent(desk, query);
  if (!event || event.stored.isMasked) return { status: 404 };
  const index = Number(query['n'] ?? '') - 1;
  const found = attachedIn(event.stored.text).find((one) => one.index === index);
  const content = found?.href === '' ? contentOf(event.stored.text, index) : undefined;
  if (!found || !content) return { status: 404 };
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(found.type) ? found.type : 'application/octet-stream';
  return { file: { name: found.name, type, content } };
}
