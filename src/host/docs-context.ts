import { cell, readDoc, readInterface } from './docs-source';
import { findType } from './docs-types';
import { NEEDS } from './needs';
import { PORTS } from './ports';

/** Source files by their path from the root. */
export type ReadSource = (file: string) => string;

const CONTEXT = 'src/host/context-types.ts';
const CAPABILITIES = 'src/host/capability-types.ts';
const PORTS_FILE = 'src/host/ports.ts';
const ROUTES = 'src/host/route-types.ts';
const DAV = 'src/host/dav-types.ts';
const DIRECTORY = 'src/directory/types.ts';

/** Interfaces that the context hands out, after the context itself. */
const PARTS: readonly (readonly [string, string])[] = [
  ['PluginMail', CAPABILITIES],
  ['PluginCorrespondents', CAPABILITIES],
  ['PluginIdentity', CAPABILITIES],
  ['PluginDirectory', CAPABILITIES],
  ['PluginMetrics', CAPABILITIES],
  ['PluginDatabase', CONTEXT],
  ['PluginCache', CONTEXT],
];

/** `docs/plugins/reference-context.md`: what a plugin is given, from the comments of its types. */
export function renderContextReference(read: ReadSource): string {
  return [
    '# Context',
    '',
    'Generated from the comments of the types of `estafette/plugin`. A plugin is given one context, in `activate`, in handlers of routes and slots, in jobs and commands. What each need opens, and what is never given: [capabilities](capabilities.md).',
    '',
    '## Needs',
    '',
    '| need | opens |',
    '|---|---|',
    ...Object.entries(NEEDS).map(([need, what]) => `| \`${need}\` | ${what} |`),
    '| `http:https://host` | That origin, over HTTP. |',
    '',
    ...table('PluginContext', read(CONTEXT)),
    ...PARTS.flatMap(([name, file]) => table(name, read(file))),
  ].join('\n');
}

/** `docs/plugins/reference-routes.md`: how a plugin answers requests. */
export function renderRouteReference(read: ReadSource): string {
  const source = read(ROUTES);
  const response = findType(
    (file) => (file === ROUTES ? source : undefined),
    ROUTES,
    'PluginResponse',
  );
  if (!response) throw new Error('no type PluginResponse');
  return [
    '# Routes',
    '',
    'Generated from the comments of the types of `estafette/plugin`. `contributes.routes` is asked once, when the plugin starts: `routes: async () => ({ routes })`, where `routes` is given a `PluginRouter`. The plugin answers below `/<id>` on the sites, and for the people, that have it on; elsewhere its addresses answer 404. A handler is given the request and the context, and has 10 seconds.',
    '',
    "The page of `contributes.admin` needs `permission: 'admin.access'`, or `'admin.platform'`, on its GET route: a plugin without is refused, since hiding the link would leave the page open to every agent who knows the address. So do the other routes that belong to it; nothing can tell them from those of agents.",
    '',
    ...['PluginRouter', 'RouteOptions', 'PluginRequest', 'PluginFile'].flatMap((name) =>
      table(name, source),
    ),
    '## PluginResponse',
    '',
    '```ts',
    response.text,
    '```',
    '',
    '# WebDAV',
    '',
    "A plugin with `contributes.dav` answers programs below `/dav/<id>/`: `dav: { wellKnown: 'carddav', load: async () => ({ dav }) }`, where `dav(request, context)` has 30 seconds. The platform has asked for an application password, read the body and parsed its XML. `davMultistatus`, `davError`, `davElement`, `davHref` and `davText` of `estafette/plugin` write answers; `davAsked` and `davRow` match what a program asks with the properties of a resource, `davChanges` reads what it sets, `davFitting` keeps an answer within bounds, `davWhole` gives all of its rows or none, and `davIs`, `davChild`, `davChildren` and `davTags` read the rest.",
    '',
    ...['DavRequest', 'DavElement', 'DavResponse'].flatMap((name) => table(name, read(DAV))),
  ].join('\n');
}

/** `docs/plugins/reference-services.md`: every port of the core. */
export function renderServiceReference(read: ReadSource): string {
  const names = Object.keys(PORTS).sort();
  return [
    '# Services',
    '',
    'Generated from the table of ports and the comments of their types. A port is a service that has one answer a site: a plugin names it under `provides` of its definition and provides it in `activate` with `context.services.provide(name, service)`, others ask `context.services.get(site, name)`, which is `undefined` where nobody provides it. Of two plugins that provide one port, the second by id is off on the sites that have both on, which `estafette sites:check`, the boot report and /admin tell with both names; turning it on there is refused in /admin. Each call has a deadline and a breaker of its own; when the provider fails it rejects with `plugin/unavailable`.',
    '',
    'A plugin that offers a port of its own declares it: `declare global { namespace Estafette { interface ServiceMap { ledger: LedgerPort } } }`.',
    '',
    '| port | what it answers | time of a call | where no plugin provides it |',
    '|---|---|---|---|',
    ...names.map((name) => {
      const port = PORTS[name];
      const seconds = (port?.timeoutMs ?? 2_000) / 1_000;
      return `| \`${name}\` | ${port?.doc ?? ''} | ${seconds} s | ${port?.fallback ?? '`undefined`'} |`;
    }),
    '',
    ...names.flatMap((name) => {
      const type = PORTS[name]?.type ?? '';
      const source = read(type === 'DirectoryPort' ? DIRECTORY : PORTS_FILE);
      return table(type, source, name);
    }),
  ].join('\n');
}

function table(name: string, source: string, title = name): string[] {
  const members = readInterface(source, name);
  const doc = readDoc(source, name);
  return [
    `## ${title}`,
    '',
    ...(doc === '' ? [] : [doc, '']),
    '| member | what it is |',
    '|---|---|',
    ...members.map(({ name: member, signature, doc: text, example }) => {
      const shown = member.includes('.') ? `${member.split('.')[0]}.${signature}` : signature;
      const more = example === undefined ? '' : ` Example: \`${example}\``;
      return `| \`${cell(shown)}\` | ${cell(text + more)} |`;
    }),
    '',
  ];
}
