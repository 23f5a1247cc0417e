import type { SiteId, TextKey } from '../base/types';

/**
 * The five kinds of hook, and the global maps that core folders (`hooks.ts`) and plugins extend by
 * declaration merging. A global namespace rather than `declare module`, because an augmentation
 * has to name the module that declared the interface first and so breaks for plugins that live
 * outside this tree.
 */
declare global {
  namespace Estafette {
    /** Hook name → `Filter | Action | First | Collect | Guard`. */
    interface HookMap {}
    /** Port name → the service's interface. */
    interface ServiceMap {}
    /** Slot name, with its version (`message.toolbar@1`) → the data that the slot offers. */
    interface SlotMap {}
    /** Permission → `true`. */
    interface PermissionMap {}
  }
}

/** One value handed from handler to handler; `undefined` leaves it unchanged. */
export interface Filter<V, C = Record<never, never>> {
  kind: 'filter';
  value: V;
  context: C;
}
/** Something that has happened; handlers run in parallel and answer nothing. */
export interface Action<E> {
  kind: 'action';
  event: E;
}
/** A question: handlers in order until one answers. */
export interface First<Q, A> {
  kind: 'first';
  query: Q;
  answer: A;
}
/** A question with many answers: handlers in parallel, items in handler order. */
export interface Collect<Q, I> {
  kind: 'collect';
  query: Q;
  item: I;
}
/** A question that each handler may refuse. */
export interface Guard<Q> {
  kind: 'guard';
  query: Q;
}
export type HookKind = 'filter' | 'action' | 'first' | 'collect' | 'guard';

/** A guard's refusal. With `confirm`, the person may go on after reading `message`. */
export interface Denial {
  readonly deny: true;
  /** Stable, `[a-z-]+`; a confirmed denial is remembered as `plugin:code`. */
  readonly code: string;
  /** Shown to the person; a key of the plugin's own texts. */
  readonly message?: TextKey;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly field?: string;
  readonly confirm?: boolean;
  /** What the person looks at before confirming: titled lists, at most 10 of 100 short lines each. */
  readonly lists?: readonly DenialList[];
  /** What the page may do in its place; the composer knows `hide-copies`: Cc becomes Bcc. */
  readonly offer?: 'hide-copies';
}

/** Lines below a question of a guard. */
export interface DenialList {
  /** A key of the plugin's own texts. */
  readonly label: TextKey;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Pointed out before the others. */
  readonly isWarning?: boolean;
  /** Shown as they are, as text. */
  readonly items: readonly string[];
}

export type HookName = Extract<keyof Estafette.HookMap, string>;
export type HookOf<N extends HookName> = Estafette.HookMap[N];
export type NamesOfKind<K extends HookKind> = {
  [N in HookName]: HookOf<N> extends { kind: K } ? N : never;
}[HookName];

/** Nobody may write to what a hook hands out. */
export type DeepReadonly<T> = T extends
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined // branded primitives are objects to the compiler
  | ((...args: never[]) => unknown)
  ? T
  : T extends Date | Uint8Array | ReadableStreamLike
    ? T
    : T extends readonly (infer I)[]
      ? readonly DeepReadonly<I>[]
      : T extends object
        ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
        : T;
interface ReadableStreamLike {
  pipe: unknown;
}

type Awaitable<T> = T | PromiseLike<T>;

/**
 * Somebody who is there, as plugins name them: plain data, of use in this process while the request
 * lasts that brought it. It opens nothing by itself; the context's functions take it.
 */
export interface PersonRef {
  readonly user: number;
  /** Made for one request; not the id of a session. */
  readonly session: string;
}

/** From where a person acts, and how well the session knows them. */
export interface Presence {
  /** By the rule of the site's networks (`protection.networks`); absent where it has none. */
  readonly network?: 'inside' | 'outside';
  /** A second factor was given in the session, or something was taken for one at sign-in. */
  readonly hasFactor: boolean;
}

/** What a handler knows beside its payload. */
export interface HandlerScope {
  readonly site: SiteId;
  readonly requestId?: string;
  /** Groups of the site that the person belongs to; absent when nobody in particular acts. */
  readonly groups?: readonly string[];
  /** The person whose request this is; absent in jobs and commands. */
  readonly as?: PersonRef;
  /** Of the person's request; of a stream, as it was when it was opened. Absent where nobody asks. */
  readonly presence?: Presence;
}

/** Plugins that run for somebody. The same object for the same set, so that it can be a key. */
export interface EnabledSet {
  readonly key: string;
  has(plugin: string): boolean;
}

/** The function a plugin registers for a hook of type `H`. */
export type HandlerFor<H> =
  H extends Filter<infer V, infer C>
    ? (
        value: DeepReadonly<V>,
        context: DeepReadonly<C>,
        scope: HandlerScope,
      ) => Awaitable<V | undefined | void>
    : H extends Action<infer E>
      ? (event: DeepReadonly<E>, scope: HandlerScope) => Awaitable<void>
      : H extends First<infer Q, infer A>
        ? (query: DeepReadonly<Q>, scope: HandlerScope) => Awaitable<A | undefined | void>
        : H extends Collect<infer Q, infer I>
          ? (
              query: DeepReadonly<Q>,
              scope: HandlerScope,
            ) => Awaitable<readonly I[] | undefined | void>
          : H extends Guard<infer Q>
            ? (query: DeepReadonly<Q>, scope: HandlerScope) => Awaitable<Denial | undefined | void>
            : never;

/** Run-time side of one hook, declared beside the code that emits it. */
export interface HookDefinition {
  readonly kind: HookKind;
  /** One sentence for the generated reference. */
  readonly doc: string;
  /**
   * Refuses a wrong value that types could not stop: of a filter, answer, item. A filter's check is
   * also given the value that it would replace: what may be changed, and what may not be lost.
   */
  readonly check?: (value: unknown, before?: unknown) => boolean;
  /** Milliseconds; the kind's default otherwise. */
  readonly timeoutMs?: number;
  /** Actions only: the emitter waits for handlers. */
  readonly awaited?: boolean;
  /** Guards only: a handler that fails is ignored instead of denying. */
  readonly advisory?: boolean;
  /** Filters and first: a failure is an error for the caller instead of being left out. */
  readonly failClosed?: boolean;
  /** Of the core, for what plugins do in its place: any of them may emit it. */
  readonly byPlugins?: boolean;
}
export type HookDefinitions = Partial<{
  [N in HookName]: HookDefinition & {
    readonly kind: HookOf<N> extends { kind: infer K } ? K : never;
  };
}>;

/** Identity function that checks a folder's hook table against the global map. */
export const defineHooks = <const T extends HookDefinitions>(table: T): T => table;

/** Plugin wall time one request may spend on fail-open handlers (plugins.md 2.3). */
export interface PluginBudget {
  /** Milliseconds left; the registry subtracts. */
  leftMs: number;
  /** Emits that run now, and since when: those that run together cost their time once. */
  underWay?: { count: number; readonly sinceMs: number };
}

/** Where an emit happens: which site's handlers, and for which request. */
export interface HookScope {
  readonly site: SiteId;
  readonly requestId?: string;
  readonly budget?: PluginBudget;
  readonly groups?: readonly string[];
  /** Plugins that run for the person who acts; the site's own unless told. */
  readonly plugins?: EnabledSet;
  /** Who acts, for handlers that ask the context for something of theirs. */
  readonly as?: PersonRef;
  readonly presence?: Presence;
}

export interface HandlerOptions {
  /** Lower runs first; 0 by default. */
  readonly priority?: number;
  /** Plugin ids whose handlers of this hook run after this one. */
  readonly before?: readonly string[];
  /** Plugin ids whose handlers of this hook run before this one. */
  readonly after?: readonly string[];
}

type Part<H, K extends string> = H extends { [P in K]: infer V } ? V : never;

/** What emitters of the core see of the registry. */
export interface HookEmitter {
  filter<N extends NamesOfKind<'filter'>>(
    scope: HookScope,
    name: N,
    value: Part<HookOf<N>, 'value'>,
    context: Part<HookOf<N>, 'context'>,
  ): Promise<Part<HookOf<N>, 'value'>>;
  /** Resolves at once unless the hook is `awaited`; rejects only where that one is `failClosed`. */
  action<N extends NamesOfKind<'action'>>(
    scope: HookScope,
    name: N,
    event: Part<HookOf<N>, 'event'>,
  ): Promise<void>;
  first<N extends NamesOfKind<'first'>>(
    scope: HookScope,
    name: N,
    query: Part<HookOf<N>, 'query'>,
  ): Promise<{ readonly plugin: string; readonly answer: Part<HookOf<N>, 'answer'> } | undefined>;
  collect<N extends NamesOfKind<'collect'>>(
    scope: HookScope,
    name: N,
    query: Part<HookOf<N>, 'query'>,
  ): Promise<readonly { readonly plugin: string; readonly item: Part<HookOf<N>, 'item'> }[]>;
  /**
   * All denials when `all` is set (so that a person confirms once), else at most the first.
   * `confirmed` holds `plugin:code` of the confirmable denials already accepted: those are skipped.
   */
  guard<N extends NamesOfKind<'guard'>>(
    scope: HookScope,
    name: N,
    query: Part<HookOf<N>, 'query'>,
    options?: { readonly confirmed?: readonly string[]; readonly all?: boolean },
  ): Promise<readonly (Denial & { readonly plugin: string })[]>;
}

/** The whole registry: what the plugin host and the operator's tools use. */
export interface HookRegistry extends HookEmitter {
  define(table: HookDefinitions, owner?: string): void;
  /** Registers a handler; returns its remover. Throws on an unknown name. */
  on<N extends HookName>(
    plugin: string,
    name: N,
    handler: HandlerFor<HookOf<N>>,
    options?: HandlerOptions,
  ): () => void;
  /** Removes every handler of a plugin. */
  removePlugin(plugin: string): void;
  /** Definitions by name, for tools, documents and tests. */
  definitions(): ReadonlyMap<string, HookDefinition & { readonly owner: string }>;
  /** Handlers of a hook in the order in which a site runs them. */
  handlers(site: SiteId, name: string): readonly HandlerInfo[];
}

export interface HandlerInfo {
  readonly plugin: string;
  readonly priority: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly calls: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly meanMs: number;
}
