/** Namespaces that answers have a prefix for. */
export const DAV_NS = {
  D: 'DAV:',
  C: 'urn:ietf:params:xml:ns:carddav',
  CAL: 'urn:ietf:params:xml:ns:caldav',
  CS: 'http://calendarserver.org/ns/',
  ICAL: 'http://apple.com/ns/ical/',
} as const;

/** Name of a property or element, with its namespace. */
export interface DavName {
  readonly ns: string;
  readonly name: string;
}

/** One resource of a multistatus answer (RFC 4918 14.24). */
export interface DavRow {
  /** Absolute path, encoded. */
  readonly href: string;
  /** Of the whole resource: 404 for one that is not there. Not together with properties. */
  readonly status?: number;
  /** XML of the element `error`'s content. */
  readonly error?: string;
  /** XML of properties that were found, or set. */
  readonly found?: readonly string[];
  /** Properties with another status: 404 for those that are not there. */
  readonly other?: readonly { readonly status: number; readonly names: readonly DavName[] }[];
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  424: 'Failed Dependency',
  507: 'Insufficient Storage',
};

/** Text for XML 1.0: its signs escaped, what no document may hold left out, carriage returns kept. */
export const davText = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(
      /[&<>"\r]/g,
      (sign) =>
        ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' })[sign] ?? '',
    );

const PREFIXES: ReadonlyMap<string, string> = new Map(
  Object.entries(DAV_NS).map(([prefix, ns]) => [ns, prefix]),
);

/** An element: of `DAV:` and the namespaces of {@link DAV_NS} by their prefix, else with its own namespace. */
export function davElement({ ns, name }: DavName, content = ''): string {
  const prefix = PREFIXES.get(ns);
  const tag = prefix === undefined ? (ns === '' ? name : `X:${name}`) : `${prefix}:${name}`;
  const own = prefix === undefined && ns !== '' ? ` xmlns:X="${davText(ns)}"` : '';
  return content === '' ? `<${tag}${own}/>` : `<${tag}${own}>${content}</${tag}>`;
}

/** A path as an element `href`. */
export const davHref = (path: string): string => `<D:href>${davText(path)}</D:href>`;

const document = (root: string, content: string): string => {
  const spaces = Object.entries(DAV_NS)
    .map(([prefix, ns]) => ` xmlns:${prefix}="${ns}"`)
    .join('');
  return `<?xml version="1.0" encoding="utf-8"?>\n<${root}${spaces}>${content}</${root}>\n`;
};

/** A body `multistatus`; `more` goes after the rows: `sync-token`. */
export const davMultistatus = (rows: readonly DavRow[], more = ''): string =>
  document('D:multistatus', `${rows.map(davRowXml).join('')}${more}`);

/** A body `error` with the precondition that was not met (RFC 4918 16), as XML. */
export const davError = (condition: string): string => document('D:error', condition);

/** What a PROPFIND or a MKCOL says of one resource, under another root. */
export const davAnswer = (root: string, content: string): string => document(root, content);

const statusXml = (status: number): string =>
  `<D:status>HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}</D:status>`;

const propstat = (props: string, status: number): string =>
  `<D:propstat><D:prop>${props}</D:prop>${statusXml(status)}</D:propstat>`;

const written = new WeakMap<DavRow, string>();

/**
 * A row as XML, written once: who gathers thousands of rows, with turns of the loop between, has them
 * written along the way and not all at the end.
 */
export function davRowXml(row: DavRow): string {
  let xml = written.get(row);
  if (xml === undefined) {
    xml = rowXml(row);
    written.set(row, xml);
  }
  return xml;
}

function rowXml({ href, status, error, found = [], other = [] }: DavRow): string {
  const stats = [
    ...(found.length > 0 ? [propstat(found.join(''), 200)] : []),
    ...other
      .filter(({ names }) => names.length > 0)
      .map((one) => propstat(one.names.map((name) => davElement(name)).join(''), one.status)),
  ];
  // A resource of which nothing was asked is there all the same.
  const own = status === undefined ? (stats.length > 0 ? stats.join('') : propstat('', 200)) : '';
  const why = error === undefined ? '' : `<D:error>${error}</D:error>`;
  return `<D:response>${davHref(href)}${own}${status === undefined ? '' : statusXml(status)}${why}</D:response>`;
}
