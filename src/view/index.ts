/**
 * Views: skins, compiled templates, slots, assets, content security policies.
 * Knows no HTTP and no domain; the web floor hands it plain page models.
 * Called by `web/` and by the plugin host.
 */
export { type Assets, loadAssets } from './assets';
export { compileView, ViewError } from './compile';
export {
  BYTES_CSP,
  bodyFrameCsp,
  type Csp,
  cspHeader,
  SHELL_CSP,
  WIDENABLE_CSP,
  widenCsp,
} from './csp';
export {
  type Avatars,
  type Notice,
  type PageContext,
  type PageHeaders,
  type PageReader,
  pageHooks,
  type RecipientClass,
  type SearchResult,
} from './hooks';
export { createRenderer } from './render';
export { checkSkins, type SkinCheckInput, type SkinFault } from './skin-check';
export { textsOfChain } from './skin-texts';
export {
  BASE_SKIN,
  loadSkins,
  MAX_CHAIN,
  type Skin,
  type SkinProblem,
  type Skins,
} from './skins';
export { type RowFacts, SLOTS, type SlotFacts, type SlotName, type SlotPlace } from './slots';
export type {
  Renderer,
  RenderRequest,
  SlotItem,
  SlotSource,
  ViewContext,
} from './types';
