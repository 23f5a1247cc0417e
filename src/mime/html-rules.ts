/** What mail may be made of: text, tables, lists, images, and the presentation of the 1990s. */
export const ALLOWED_TAGS: readonly string[] =
  `a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col
  colgroup dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6
  header hgroup hr i img ins kbd li main mark menu nav nobr ol p pre q rp rt ruby s samp section
  small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var
  wbr`.split(/\s+/);

/** Attributes that are harmless on any of these elements; addresses are treated one by one. */
export const PLAIN_ATTRIBUTES: ReadonlySet<string> = new Set(
  `align alt aria-hidden aria-label bgcolor border bordercolor cellpadding cellspacing class clear
  color colspan compact datetime dir face frame height hspace lang noshade nowrap open role rowspan
  rules scope size span start summary title type valign value vspace width`.split(/\s+/),
);

/** What the sanitiser itself may print, addresses included. */
export const PRINTED_ATTRIBUTES: readonly string[] = [
  ...PLAIN_ATTRIBUTES,
  'background',
  'href',
  'id',
  'name',
  'rel',
  'src',
  'style',
  'target',
];

export const VOID_TAGS: readonly string[] = ['br', 'col', 'hr', 'img', 'wbr'];

/** Elements dropped with their text: it was never meant to be read. */
export const TEXTLESS_TAGS: readonly string[] = ['script', 'style', 'textarea', 'title', 'xmp'];

/** Attributes of dropped elements that would have loaded something. */
export const LOADING_ATTRIBUTES: readonly string[] = [
  'background',
  'data',
  'dynsrc',
  'href',
  'lowsrc',
  'poster',
  'src',
  'srcset',
];

/** Elements that load what their `href` names; an ordinary link does not. */
export const LOADING_LINKS: ReadonlySet<string> = new Set(['image', 'link', 'use', 'feimage']);
