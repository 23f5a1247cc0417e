const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** What an object holds itself; puts it back. */
function kept(object) {
  const before = new Map(
    Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]),
  );
  return () => {
    for (const key of Reflect.ownKeys(object)) {
      const was = before.get(key);
      const is = Object.getOwnPropertyDescriptor(object, key);
      if (!is?.configurable) continue;
      if (!was) Reflect.deleteProperty(object, key);
      else if (was.value !== is.value || was.get !== is.get)
        Object.defineProperty(object, key, was);
    }
    for (const [key, was] of before) {
      if (!Object.hasOwn(object, key)) Object.defineProperty(object, key, was);
    }
  };
}

function keptListeners() {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
  return () => {
    for (const name of process.eventNames()) {
      const known = before.get(name) ?? [];
      for (const listener of process.rawListeners(name)) {
        if (!known.includes(listener)) process.removeListener(name, listener);
      }
    }
  };
}

function keptVariables() {
  const before = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

function keptExitCode() {
  const { exitCode } = process;
  return () => {
    process.exitCode = exitCode;
  };
}

/**
 * Suites run in the realm of their process, as the program does, one after the other. What a suite
 * leaves on the global object, on `process`, among its variables and listeners, and what it made of
 * functions of others, is taken away behind it; runtime.cjs says which modules are new for each.
 * docs/decisions/0021-suites-in-the-realm-of-their-process.md
 */
class RealmEnvironment {
  constructor({ projectConfig }) {
    this.putBack = [
      kept(globalThis),
      kept(process),
      kept(Error),
      keptVariables(),
      keptListeners(),
      keptExitCode(),
    ];
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = new LegacyFakeTimers({
      config: projectConfig,
      global: globalThis,
      moduleMocker: this.moduleMocker,
      timerConfig: { idToRef: asTimer, refToId: (timer) => timer?.id },
    });
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  /** Spies are undone by then (jest-runtime). */
  async teardown() {
    this.fakeTimers?.dispose();
    this.fakeTimersModern?.dispose();
    this.fakeTimers = null;
    this.fakeTimersModern = null;
    for (const putBack of this.putBack.splice(0).reverse()) putBack();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** There is none: runtime.cjs compiles for the realm that it is in. */
  getVmContext() {
    return undefined;
  }
}

/** A faked timer as Node has them. */
function asTimer(id) {
  return {
    id,
    ref() {
      return this;
    },
    unref() {
      return this;
    },
  };
}

module.exports = RealmEnvironment;
