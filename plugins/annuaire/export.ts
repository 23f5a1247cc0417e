import type { PluginRequest, PluginResponse } from 'estafette/plugin';
import { type Annuaire, annuaireFor, type Context } from './ask';
import { csvOf } from './csv';
import { dnKey, isSame, isWithin } from './dn';
import { byOrder, type Entry } from './entry';
import { fold } from './fold';
import { isKeptFrom } from './kept';
import { branchHref, searchHref } from './links';
import { KINDS } from './profiles';
import { tell } from './tell';
import { vcardOf } from './vcard';

/** As many as a page shows. */
export const MOST = 200;
/** Names that one question asks for. */
const AT_ONCE = 50;
const RETRY_S = 30;
const FORMATS = ['vcard4', 'vcard3', 'csv'] as const;

/** What was ticked in a list, or all of it, as a file: never more than the reader sees on pages. */
export async function exportList(
  request: PluginRequest,
  context: Context,
): Promise<PluginResponse> {
  const { body, lists, as, site } = request;
  const annuaire = annuaireFor(context, request, body['of']);
  if (!annuaire || !as) return { status: 404 };
  if (isKeptFrom(request, context, annuaire.config.outside)) return { status: 403 };
  const format = FORMATS.find((one) => one === body['format']) ?? 'vcard4';
  const searched = searchedIn(body);
  try {
    const entries =
      body['all'] === undefined
        ? await chosenOf(annuaire, lists['dn'] ?? [])
        : await listed(annuaire, searched, body['base'] ?? '');
    if (entries.length === 0) return nothingChosen(annuaire, body);
    await tell(context, as, 'exported', { count: entries.length, format });
    return { file: fileOf(annuaire, entries, { request, context, format }) };
  } catch (error) {
    context.log.warn({ err: error, site }, 'annuaire/down');
    return downPage(request, context);
  }
}

/** What the list was about whose form was sent. */
const searchedIn = (body: PluginRequest['body']) => ({
  q: (body['q'] ?? '').replaceAll('\0', '').slice(0, 100),
  type: KINDS.find((kind) => kind === body['type']) ?? ('' as const),
  in: body['of'],
});

/** Back to the list, which asks to tick something first. */
export function nothingChosen({ of }: Annuaire, body: PluginRequest['body']): PluginResponse {
  const searched = searchedIn(body);
  const back = searched.q === '' ? branchHref(body['base'] ?? '', of) : searchHref(searched);
  return { redirect: `${back}${back.includes('?') ? '&' : '?'}exported=none` };
}

function fileOf(
  { mapping }: Annuaire,
  entries: readonly Entry[],
  {
    request: { site, locale },
    context,
    format,
  }: {
    readonly request: PluginRequest;
    readonly context: Context;
    readonly format: (typeof FORMATS)[number];
  },
) {
  if (format === 'csv') {
    // Spreadsheets take the comma of French for that of a number.
    const separator = locale === 'fr' ? ';' : ',';
    const content = csvOf(mapping, entries, { t: context.text(locale), separator });
    return { name: 'annuaire.csv', type: 'text/csv', content };
  }
  const version = format === 'vcard4' ? '4.0' : '3.0';
  const organization = context.site(site).title;
  const cards = entries.map((entry) => vcardOf(mapping, entry, { version, organization }));
  return { name: 'annuaire.vcf', type: 'text/vcard', content: cards.join('') };
}

const listed = async (
  annuaire: Annuaire,
  { q, type }: Parameters<typeof searchHref>[0],
  base: string,
): Promise<readonly Entry[]> => {
  const kinds = type === '' ? KINDS : [type];
  const found = q === '' ? await branch(annuaire, base) : await annuaire.searchWide(q, kinds);
  return [...(found?.entries ?? [])].sort(byOrder).slice(0, MOST);
};

/** What stands in a branch that the reader may open. */
async function branch(annuaire: Annuaire, base: string) {
  if (base === '' || isSame(base, annuaire.base)) return annuaire.below(annuaire.base, KINDS);
  if (!isWithin(base, annuaire.base) || !(await annuaire.entry(base))) return undefined;
  return annuaire.below(base, KINDS);
}

/** What is ticked in a list, as far as the reader may see it. */
export async function chosenOf(
  annuaire: Annuaire,
  dns: readonly string[],
): Promise<readonly Entry[]> {
  const wanted = [...new Map(dns.slice(0, MOST).map((dn) => [dnKey(dn), dn])).values()];
  const found = new Map<string, Entry>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const some = wanted.slice(from, from + AT_ONCE);
    for (const [key, entry] of await annuaire.named(some)) found.set(key, entry);
  }
  return wanted.flatMap((dn) => found.get(dnKey(dn)) ?? []);
}

/** One entry with its picture, as a file. */
export async function exportOne(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const dn = Buffer.from(request.params['entry'] ?? '', 'base64url').toString('utf8');
  const annuaire = annuaireFor(context, request, request.query['of']);
  if (!annuaire || isKeptFrom(request, context, annuaire.config.outside)) return { status: 404 };
  try {
    const entry = await annuaire.entry(dn);
    if (!entry) return { status: 404 };
    const photo = await annuaire.photo(dn).catch(() => undefined);
    const organization = context.site(request.site).title;
    const content = vcardOf(annuaire.mapping, entry, { version: '4.0', organization, photo });
    const name =
      fold(entry.name)
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 60) || 'annuaire';
    return { file: { name: `${name}.vcf`, type: 'text/vcard', content } };
  } catch (error) {
    context.log.warn({ err: error, site: request.site }, 'annuaire/down');
    return downPage(request, context);
  }
}

export const downPage = ({ locale }: PluginRequest, context: Context): PluginResponse => ({
  view: 'down',
  title: context.text(locale)('annuaire:title'),
  status: 503,
  retryAfterS: RETRY_S,
  model: { backHref: branchHref('') },
});
