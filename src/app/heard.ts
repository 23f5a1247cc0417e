import type { HookEmitter, HookName, HookOf, NamesOfKind } from '../kernel/hook-types';

type EventOf<N extends HookName> =
  HookOf<N> extends { readonly event: infer E } ? E : Parameters<HookEmitter['action']>[2];

/** What the core itself does when something is told; each is given the event of its hook. */
export type CoreListeners = {
  readonly [N in NamesOfKind<'action'>]?: (event: EventOf<N>) => Promise<void> | void;
};

/**
 * An emitter whose actions the core hears as well, before plugins and whatever becomes of them. A
 * listener is awaited and must not reject: who emits is in the middle of something else.
 */
export function heardBy<H extends HookEmitter>(hooks: H, listeners: CoreListeners): H {
  const action: HookEmitter['action'] = async (scope, name, event) => {
    const listener = listeners[name] as ((event: unknown) => Promise<void> | void) | undefined;
    await listener?.(event);
    await hooks.action(scope, name, event);
  };
  return { ...hooks, action };
}
