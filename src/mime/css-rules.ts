/**
 * What mail may style. Left out on purpose: position, z-index and offsets (overlays), content and
 * counters (invented text), animation, transition, transform, filter, cursor, behaviours.
 */
const PROPERTIES = new Set(
  `background background-color background-image background-position background-repeat
  background-size background-attachment background-clip background-origin
  border-collapse border-spacing border-radius border-image-width box-shadow box-sizing
  caption-side clear color color-scheme column-gap columns direction display empty-cells float
  gap height hyphens letter-spacing line-break line-height list-style list-style-image
  list-style-position list-style-type max-height max-width min-height min-width
  object-fit object-position opacity orphans outline outline-color outline-style outline-width
  overflow overflow-wrap overflow-x overflow-y page-break-after page-break-before
  page-break-inside break-after break-before break-inside quotes row-gap table-layout
  unicode-bidi vertical-align visibility white-space widows width word-break word-spacing
  word-wrap writing-mode zoom order aspect-ratio tab-size`.split(/\s+/),
);

/** Families of properties that are all harmless. */
const FAMILIES =
  /^(?:border-(?:top|right|bottom|left|block|inline)(?:-(?:color|style|width|(?:left|right)-radius|start|end))*|border(?:-(?:color|style|width))?|font(?:-[a-z-]+)?|text-(?:align|align-last|decoration|decoration-[a-z]+|indent|justify|overflow|shadow|transform|underline-[a-z]+|wrap|size-adjust)|margin(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?|padding(?:-(?:top|right|bottom|left|block|inline)(?:-(?:start|end))?)?|flex(?:-[a-z]+)?|align-[a-z]+|justify-[a-z]+|place-[a-z]+|grid(?:-[a-z]+){0,3})$/;

/** Vendor spellings that change the look of much real mail. */
const VENDOR = new Set([
  '-webkit-text-size-adjust',
  '-ms-text-size-adjust',
  '-webkit-font-smoothing',
  '-webkit-border-radius',
]);

/** True for a property (lower case) that cannot load, cover or run anything. */
export const isSafeProperty = (name: string): boolean =>
  PROPERTIES.has(name) || VENDOR.has(name) || FAMILIES.test(name);

/** Functions that only compute colours, lengths and gradients. */
const FUNCTIONS = new Set([
  'calc',
  'clamp',
  'color-mix',
  'conic-gradient',
  'fit-content',
  'hsl',
  'hsla',
  'hwb',
  'lab',
  'lch',
  'light-dark',
  'linear-gradient',
  'max',
  'min',
  'minmax',
  'oklab',
  'oklch',
  'radial-gradient',
  'repeat',
  'repeating-linear-gradient',
  'repeating-radial-gradient',
  'rgb',
  'rgba',
]);

export const isSafeFunction = (name: string): boolean => FUNCTIONS.has(name.toLowerCase());

/** Properties whose value may name an image. */
export const mayHoldImage = (name: string): boolean =>
  name === 'background' || name === 'background-image' || name.startsWith('list-style');

const PSEUDO_CLASSES = new Set(
  `active empty enabled first-child first-of-type focus hover is last-child last-of-type link not
  nth-child nth-last-child nth-of-type only-child root visited where`.split(/\s+/),
);

const PSEUDO_ELEMENTS = new Set(['after', 'before', 'first-letter', 'first-line']);

export const isSafePseudo = (name: string): boolean =>
  PSEUDO_CLASSES.has(name.toLowerCase()) || PSEUDO_ELEMENTS.has(name.toLowerCase());

/** Attributes a selector may test: none that holds text or an address (threats 18). */
const SELECTOR_ATTRIBUTES = new Set(['align', 'class', 'dir', 'lang', 'valign', 'width', 'height']);

export const isSafeSelectorAttribute = (name: string): boolean =>
  SELECTOR_ATTRIBUTES.has(name.toLowerCase());
