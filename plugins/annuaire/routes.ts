import type { PluginRequest, PluginResponse, PluginRouter } from 'estafette/plugin';
import { awayFor } from './absence';
import { type Annuaire, annuaireFor, annuairesFor, type Context } from './ask';
import { type Card, cardOf, pathOf, rowOf } from './card';
import type { AnnuaireConfig } from './config';
import { isWithin, parentOf } from './dn';
import { byOrder, type Entry } from './entry';
import { exportList, exportOne, MOST } from './export';
import { keepFor, keepList } from './keep';
import { isKeptFrom } from './kept';
import { branchHref, composeHref, type Searched, searchHref } from './links';
import { isOwn, ownPage, saveOwn, showOwn } from './own';
import { changeOwnPhoto } from './own-photo';
import { pageOf } from './pages';
import { KINDS, type Kind } from './profiles';
import { searchAll } from './search';
import { FILTERED, KIND_TEXTS } from './texts';
import { closedTree, treeTo } from './tree';

/** Seconds after which a page that the directory did not answer is worth asking for again. */
const RETRY_S = 30;
/** What a branch lists; the branches below it stand in the tree, and first among them. */
const LISTED: readonly Kind[] = KINDS;

/** A picture that is too large is told as such, so a little more is let in. */
const UPLOAD_BYTES = 12_000_000;

/** What a page is about: a search, a branch, and the entry whose card is shown. */
interface Asked {
  readonly searched: Searched;
  readonly base: string;
  readonly dn: string;
}

/** What stands in the middle. */
async function listOf(
  annuaire: Annuaire,
  { searched, base, dn }: Asked,
  { context, chosen }: { readonly context: Context; readonly chosen: readonly Annuaire[] },
) {
  if (searched.q === '') {
    const [here, path, { entries, isCut }] = await Promise.all([
      annuaire.entry(base),
      pathOf(annuaire, base),
      annuaire.below(base, LISTED),
    ]);
    const isRoot = base === annuaire.base;
    const people = entries.filter(({ kind }) => kind !== 'service');
    const branches = entries.filter(({ kind }) => kind === 'service');
    return {
      title: here?.name ?? '',
      path: isRoot ? [] : path,
      count: people.length,
      isCut,
      isTooShort: false,
      away: [],
      writeHref: here && !isRoot ? composeHref(here) : '',
      ...paged([...branches.sort(byOrder), ...people.sort(byOrder)], {
        searched,
        dn,
        hrefOf: (page) => branchHref(base, annuaire.of, page),
      }),
    };
  }
  const kinds = searched.type === '' ? KINDS : [searched.type];
  const found = await searchAll(chosen, {
    q: searched.q,
    kinds,
    limit: annuaire.config.limit,
    onFailure: (error, directory) =>
      context.log.warn({ err: error, ...(directory && { directory }) }, 'annuaire/down'),
  });
  const titles = new Map(chosen.map(({ of, title }) => [of, title]));
  return {
    title: '',
    path: [],
    count: found?.entries.length ?? 0,
    isCut: found?.isCut ?? false,
    isTooShort: found === undefined,
    away: found?.away ?? [],
    writeHref: '',
    ...paged(found?.entries ?? [], {
      searched,
      dn,
      hrefOf: (page) => searchHref({ ...searched, page }),
      sourceOf: ({ of }) => (chosen.length > 1 ? titles.get(of) : ''),
    }),
  };
}

/** One page of a list, with the links to those beside it. */
function paged(
  entries: readonly Entry[],
  {
    searched,
    dn,
    hrefOf,
    sourceOf = () => '',
  }: {
    readonly searched: Searched;
    readonly dn: string;
    readonly hrefOf: (page: number) => string;
    readonly sourceOf?: (entry: Entry) => string | undefined;
  },
) {
  const shown = pageOf(entries, { page: searched.page, dn });
  const { current, count } = shown;
  return {
    all: entries.length,
    pages: {
      current,
      count,
      previous: current > 1 ? hrefOf(current - 1) : '',
      next: current < count ? hrefOf(current + 1) : '',
    },
    rows: shown.entries.map((entry) =>
      rowOf(entry, { ...searched, page: current }, dn, sourceOf(entry)),
    ),
  };
}

const searchedOf = ({ query }: PluginRequest): Searched => ({
  q: (query['q'] ?? '').replaceAll('\0', '').trim().slice(0, 100),
  type: KINDS.find((kind) => kind === query['type']) ?? '',
  in: query['in'],
  page: pageAsked(query['page']),
});

/** A whole number from 1; anything else is no page. */
const pageAsked = (text = ''): number | undefined =>
  /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;

const filtersOf = ({ page: _page, ...searched }: Searched) => [
  {
    label: 'annuaire:kinds.all',
    href: searchHref({ ...searched, type: '' }),
    isCurrent: searched.type === '',
  },
  ...FILTERED.map((type) => ({
    label: KIND_TEXTS[type].all,
    href: searchHref({ ...searched, type }),
    isCurrent: searched.type === type,
  })),
];

async function page(
  request: PluginRequest,
  context: Context,
  about: Partial<Asked>,
): Promise<PluginResponse> {
  const { locale } = request;
  const t = context.text(locale);
  const searched = about.searched ?? searchedOf(request);
  const common = {
    view: 'page',
    title: t('annuaire:title'),
  };
  const model = {
    searched,
    filters: searched.q === '' ? [] : filtersOf(searched),
    base: '',
    of: '',
    directories: [] as readonly { readonly id: string; readonly title: string }[],
    canExport: true,
    exportMost: MOST,
    isNothingChosen: request.query['exported'] === 'none',
    minChars: context.config(request).minChars,
    state: 'shown' as 'shown' | 'kept' | 'none' | 'down',
    trees: [] as readonly unknown[],
    list: undefined as unknown,
    card: undefined as Card | undefined,
    shows: 'list' as 'list' | 'card',
    backHref: '',
    away: undefined as Awaited<ReturnType<typeof awayFor>>,
    ownHref: '',
    mineHref: '',
    keep: undefined as Awaited<ReturnType<typeof keepFor>>,
    canKeep: false,
  };
  const config = context.config(request);
  if (isKeptFrom(request, context, config.outside)) {
    return { ...common, status: 403, model: { ...model, state: 'kept' } };
  }
  const all = annuairesFor(context, request);
  if (all.length === 0) return { ...common, model: { ...model, state: 'none' } };
  const { chosen, annuaire } = directoriesAsked(request, context, searched);
  if (chosen.length === 0 || !annuaire) return { status: 404 };
  if (all.length > 1) model.directories = context.directories(request.site);
  const ownHref = context.url('own');
  if (config.own.length > 0 && request.as) model.mineHref = ownHref;
  try {
    const asked = await whatIsAsked(annuaire, searched, about);
    if (!asked) return { status: 404 };
    const [trees, list, card, isMine, away, keep, canKeep] = await Promise.all([
      treesOf(all, annuaire, searched.q === '' ? asked.base : undefined),
      listOf(annuaire, asked, { context, chosen }),
      asked.entry && cardOf(annuaire, asked.entry, searched),
      isOwn(request, context, annuaire.of === '' ? (asked.entry?.dn ?? '') : ''),
      asked.entry?.of === '' ? awayFor(context, request, asked.entry) : undefined,
      asked.entry?.mail ? keepFor(context, request, [asked.entry]) : undefined,
      keepFor(context, request, []),
    ]);
    const shows = about.dn ? 'card' : 'list';
    const backHref = searched.q === '' ? (card?.closeHref ?? '') : searchHref(searched);
    return {
      ...common,
      title: asked.entry && about.dn ? asked.entry.name : common.title,
      model: {
        ...model,
        base: asked.base,
        of: chosen.length > 1 || searched.q === '' ? annuaire.of : (chosen[0]?.of ?? ''),
        // A file has entries of one directory.
        canExport: searched.q === '' || chosen.length === 1,
        trees,
        list,
        card,
        shows,
        backHref,
        away,
        keep,
        canKeep: canKeep !== undefined,
        ownHref: isMine ? ownHref : '',
      },
    };
  } catch (error) {
    context.log.warn({ err: error, site: request.site }, 'annuaire/down');
    return { ...common, status: 503, retryAfterS: RETRY_S, model: { ...model, state: 'down' } };
  }
}

/**
 * The directories of a search, all of them unless one is chosen, and that of the entry or branch
 * that is shown: ids in addresses are those of the site, or there is nothing.
 */
function directoriesAsked(request: PluginRequest, context: Context, searched: Searched) {
  const chosen = searched.in
    ? [annuaireFor(context, request, searched.in)].filter((one) => one !== undefined)
    : annuairesFor(context, request);
  return { chosen, annuaire: annuaireFor(context, request, request.query['of']) };
}

/** The organisation of each directory: that which is shown stands open. */
const treesOf = (
  all: readonly Annuaire[],
  shown: Annuaire,
  current: string | undefined,
): Promise<readonly unknown[]> =>
  Promise.all(
    all.map(async (one) =>
      all.length === 1 || (one.of === shown.of && current !== undefined)
        ? treeTo(one, current)
        : closedTree(one),
    ),
  );

/** The entry and branch of an address; `undefined` for one that is not there, or not to be seen. */
async function whatIsAsked(
  annuaire: Annuaire,
  searched: Searched,
  { base = '', dn = '' }: Partial<Asked>,
): Promise<(Asked & { readonly entry?: Entry | undefined }) | undefined> {
  const shown = dn || base;
  const isRoot = shown === '' || shown === annuaire.base;
  if (!isRoot && !isWithin(shown, annuaire.base)) return undefined;
  const entry = isRoot ? undefined : await annuaire.entry(shown);
  if (!isRoot && !entry) return undefined;
  if (dn === '') return { searched, base: base || annuaire.base, dn, entry };
  const above = entry?.kind === 'service' ? dn : parentOf(dn);
  const place = isWithin(above, annuaire.base) ? above : annuaire.base;
  return { searched, base: base || place, dn, entry };
}

/** The picture of an entry; 404 for whatever reason there is none. */
async function photo(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const dn = Buffer.from(request.params['entry'] ?? '', 'base64url').toString('utf8');
  const annuaire = annuaireFor(context, request, request.query['of']);
  if (!annuaire || isKeptFrom(request, context, annuaire.config.outside)) return { status: 404 };
  const found = await annuaire.photo(dn).catch(() => undefined);
  if (!found) return { status: 404 };
  return { file: { name: 'photo', ...found, isInline: true } };
}

/** Below `/annuaire`: every page stands by itself, a link leads to each. */
export function routes(router: PluginRouter<AnnuaireConfig>): void {
  router.get('/', (request, context) => page(request, context, {}));
  router.get('/entry', (request, context) =>
    request.query['dn']
      ? page(request, context, { dn: request.query['dn'] })
      : { redirect: context.url('') },
  );
  router.get('/photo/:entry', photo);
  router.get('/vcard/:entry', exportOne);
  router.post('/export', exportList);
  router.post('/keep', keepList);
  router.get('/own', async (request, context) => {
    const answer = await ownPage(showOwn)(request, context);
    // A link that somebody kept, of a site that lets nobody change anything any more.
    return 'status' in answer && answer.status === 404 ? { redirect: context.url('') } : answer;
  });
  router.post('/own', ownPage(saveOwn));
  router.post('/own/photo', ownPage(changeOwnPhoto), { upload: { maxBytes: UPLOAD_BYTES } });
  router.get('/tree', (request, context) => {
    const { base, dn } = request.query;
    const none: Searched = { q: '', type: '', page: pageAsked(request.query['page']) };
    return page(request, context, { searched: none, ...(base && { base }), ...(dn && { dn }) });
  });
}
