import { type DavResponse, davHref, davTags } from 'estafette/plugin';
import type { Moved } from '../store/move';
import { failing, MISSING, notAllowed, STALE } from './answers';
import { C, D } from './names';
import { type Call, objectHref } from './places';
import { REFUSALS } from './writes';

/** COPY and MOVE of an event or a task (RFC 4918 9.8, 9.9); calendars stay where they are. */
export async function move({ request, store, person }: Call): Promise<DavResponse> {
  const [id, uri] = request.path;
  if (id === undefined || uri === undefined) return notAllowed(request.path);
  const { destination } = request;
  if (!destination) return { status: 400 };
  const [calendar, name, ...rest] = destination.path;
  // RFC 4918 9.8.5: of another plugin, which is another store.
  if (destination.plugin !== 'calendar') return { status: 502 };
  if (calendar === undefined || name === undefined || destination.isCollection) {
    return { status: 403 };
  }
  if (rest.length > 0) return { status: 409 };
  const there = await store.object(person, id, uri);
  if (!there) return MISSING;
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined) {
    const tags = davTags(ifMatch);
    if (!(tags.includes('*') || tags.includes(there.etag))) return STALE;
  }
  const moved = await store.move(person, {
    calendar: id,
    uri,
    to: { calendar, uri: name },
    isCopy: request.method === 'COPY',
    isOverwriting: (request.headers['overwrite'] ?? 'T').trim().toUpperCase() !== 'F',
    ...(ifMatch !== undefined && { ifMatch: there.etag }),
  });
  return answerOf(moved, calendar, name);
}

function answerOf(moved: Moved, calendar: string, name: string): DavResponse {
  switch (moved.kind) {
    case 'created':
      return { status: 201, headers: { location: objectHref(calendar, name) } };
    case 'updated':
      return { status: 204 };
    case 'missing':
      return MISSING;
    case 'no-parent':
      return { status: 409 };
    case 'same':
      return { status: 403 };
    case 'taken':
    case 'conflict':
      return STALE;
    case 'uid-conflict':
      return failing(403, C('no-uid-conflict'), davHref(objectHref(calendar, moved.uri)));
    case 'refused':
      return moved.reason === 'rights'
        ? failing(403, D('need-privileges'))
        : REFUSALS[moved.reason];
  }
}
