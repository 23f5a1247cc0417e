/**
 * `estafette/plugin/testing`: one plugin on the real kernel and host, with a database in memory.
 * No mail server, no pages of the core, no network. Called by the tests of plugins.
 */
export { createPluginTest } from './plugin-test';
export { sampleMessage, sampleRow } from './samples';
export { slowdown } from './slowdown';
export type {
  PluginTest,
  PluginTestOptions,
  RouteInput,
  TestClock,
  TestHttpAnswer,
  TestHttpOptions,
  TestSignIn,
  TestSignInOptions,
  TestSignInReturn,
  TestSite,
} from './types';
