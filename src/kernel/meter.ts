import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createDurations, DurationMetric, type Durations } from './durations';

// A label value taken from input would otherwise make one series per value, for ever.
const MAX_SERIES_PER_METRIC = 2_000;
const PREFIX = 'estafette_';
const CALL_BUCKETS_S = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 5];

type Labels = Readonly<Record<string, string>>;

export interface CounterMetric {
  inc(labels?: Labels, by?: number): void;
}
export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
}
export interface HistogramMetric {
  /** Seconds for durations, bytes for sizes. */
  observe(value: number, labels?: Labels): void;
}

/** The process's metrics. Names get the prefix `estafette_`; asking twice gives the same metric. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): CounterMetric;
  /** With `read`, the value is read at each scrape instead of being set. */
  gauge(name: string, help: string, labels?: readonly string[], read?: () => number): GaugeMetric;
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ): HistogramMetric;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
  readonly registry: Registry;
}

/** Says whether a series may be recorded: those already known, and new ones up to the limit. */
function seriesLimit(): (labels: Labels) => boolean {
  const known = new Set<string>();
  return (labels) => {
    const key = JSON.stringify(labels);
    if (known.has(key)) return true;
    if (known.size >= MAX_SERIES_PER_METRIC) return false;
    known.add(key);
    return true;
  };
}

/** Metrics of this process; `processMetrics` adds memory, loop delay and garbage collection. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const made = new Map<string, unknown>();
  const once = <T>(kind: string, name: string, make: () => T): T => {
    const key = `${kind} ${name}`;
    // The key holds the kind, so that what is found was made by the same method.
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
  const config = (name: string, help: string, labels: readonly string[]) => ({
    name: PREFIX + name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });

  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter: (name, help, labels = []) =>
      once('counter', name, () => {
        const counter = new Counter(config(name, help, labels));
        const fits = seriesLimit();
        return { inc: (of = {}, by = 1) => (fits(of) ? counter.inc(of, by) : undefined) };
      }),
    gauge: (name, help, labels = [], read) =>
      once('gauge', name, () => {
        const gauge: Gauge = new Gauge({
          ...config(name, help, labels),
          ...(read && { collect: () => gauge.set(read()) }),
        });
        const fits = seriesLimit();
        return { set: (value, of = {}) => (fits(of) ? gauge.set(of, value) : undefined) };
      }),
    histogram: (name, help, labels = [], buckets = CALL_BUCKETS_S) =>
      once('histogram', name, () => {
        const histogram = new Histogram({ ...config(name, help, labels), buckets: [...buckets] });
        const fits = seriesLimit();
        return {
          observe: (value, of = {}) => (fits(of) ? histogram.observe(of, value) : undefined),
        };
      }),
  };
}

/** What one plugin has cost on one hook (or slot, route, job) since the process started. */
export interface CallFigures {
  calls: number;
  errors: number;
  timeouts: number;
  skips: number;
  totalMs: number;
  /** Time before the first await: stolen from everybody. */
  syncMs: number;
  /** Time for which the loop stood still, as the watchdog saw it. */
  blockedMs: number;
}

/** Figures of one (plugin, hook) for people: administrators, `estafette plugins --costs`. */
export interface CallStats extends Readonly<CallFigures> {
  readonly hook: string;
  readonly meanMs: number;
  /** Of the last thousands of calls, within 15 %. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** All that one plugin has cost since the process started. */
export interface PluginStats {
  readonly plugin: string;
  readonly calls: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly skips: number;
  readonly totalMs: number;
  readonly syncMs: number;
  readonly blockedMs: number;
  /** Times that it held the loop for more than a second. */
  readonly blocked: number;
  /** Errors that nobody awaited. */
  readonly floating: number;
  /** Memory that it was last seen to hold without end, in megabytes; 0 when not known to leak. */
  readonly leakedMb: number;
  /** Dearest first. */
  readonly hooks: readonly CallStats[];
}

export interface CallRecord {
  readonly ms: number;
  readonly syncMs: number;
  readonly outcome: 'ok' | 'error' | 'timeout';
}

export interface Meter {
  called(plugin: string, hook: string, record: CallRecord): void;
  /** A call that was not made: breaker open, or the request's budget spent. */
  skipped(plugin: string, hook: string): void;
  /** A rejection or exception that nobody awaited. */
  floating(plugin: string): void;
  /** The loop stood still for `ms` in this plugin's code. */
  blocked(plugin: string, hook: string, ms: number): void;
  /** A person who made it hold the loop is kept from it. */
  suspended(plugin: string): void;
  /** Memory that a plugin was seen to retain, in megabytes; 0 takes it back. */
  leaked(plugin: string, mb: number): void;
  figures(plugin: string, hook: string): Readonly<CallFigures>;
  /** Everything recorded, for the admin page and the operator's tools. */
  all(): readonly (Readonly<CallFigures> & { readonly plugin: string; readonly hook: string })[];
  /** The same by plugin, with percentiles, dearest first. */
  pluginStats(): readonly PluginStats[];
}

const NO_FIGURES: CallFigures = {
  calls: 0,
  errors: 0,
  timeouts: 0,
  skips: 0,
  totalMs: 0,
  syncMs: 0,
  blockedMs: 0,
};

interface Series {
  readonly numbers: CallFigures;
  readonly durations: Durations;
}
/** What is counted by plugin, whatever the hook. */
interface Troubles {
  blocked: number;
  floating: number;
  leakedMb: number;
}
const BOUNDS_MS = CALL_BUCKETS_S.map((s) => s * 1_000);

const COUNTED = [
  ['plugin_calls_total', 'Calls of plugin code', 'calls', 1],
  ['plugin_errors_total', 'Calls that threw, or whose result was refused', 'errors', 1],
  ['plugin_timeouts_total', 'Calls cut off by their deadline', 'timeouts', 1],
  ['plugin_skips_total', 'Calls not made: breaker open or budget spent', 'skips', 1],
  ['plugin_sync_seconds_total', 'Time before the first await', 'syncMs', 1 / 1000],
  ['plugin_blocked_seconds_total', 'Time for which the loop stood still', 'blockedMs', 1 / 1000],
] as const satisfies readonly (readonly [string, string, keyof CallFigures, number])[];

/** Meters calls of plugin code; figures are plain numbers, copied to the counters at each scrape. */
export function createMeter(metrics: Metrics): Meter {
  const series = new Map<string, Map<string, Series>>();
  const troubles = new Map<string, Troubles>();
  const of = (plugin: string, hook: string): Series => {
    const hooks = getOrMake(series, plugin, () => new Map<string, Series>());
    return getOrMake(hooks, hook, () => ({
      numbers: { ...NO_FIGURES },
      durations: createDurations(BOUNDS_MS),
    }));
  };
  const troublesOf = (plugin: string): Troubles =>
    getOrMake(troubles, plugin, () => ({ blocked: 0, floating: 0, leakedMb: 0 }));
  const all = () =>
    [...series].flatMap(([plugin, hooks]) =>
      [...hooks].map(([hook, { numbers }]) => ({ plugin, hook, ...numbers })),
    );
  for (const [name, help, field, factor] of COUNTED) {
    const counter = new Counter({
      name: PREFIX + name,
      help,
      labelNames: ['plugin', 'hook'],
      registers: [metrics.registry],
      collect: () => {
        counter.reset();
        for (const entry of all()) {
          counter.inc({ plugin: entry.plugin, hook: entry.hook }, entry[field] * factor);
        }
      },
    });
  }
  new DurationMetric({
    name: `${PREFIX}plugin_call_seconds`,
    help: 'Duration of plugin calls',
    labels: ['plugin', 'hook'],
    boundsMs: BOUNDS_MS,
    registry: metrics.registry,
    read: () =>
      [...series].flatMap(([plugin, hooks]) =>
        [...hooks].map(([hook, { numbers, durations }]) => ({
          labels: { plugin, hook },
          durations,
          totalMs: numbers.totalMs,
        })),
      ),
  });
  const floating = metrics.counter(
    'plugin_floating_errors_total',
    'Rejections and exceptions that nobody awaited',
    ['plugin'],
  );
  const suspendedTotal = metrics.counter(
    'plugin_suspensions_total',
    'Times that a plugin was taken from one person, for whom it held the loop',
    ['plugin'],
  );

  metrics.gauge(
    'plugins_leaking',
    'Plugins that were seen to hold more and more memory',
    [],
    () => [...troubles.values()].filter(({ leakedMb }) => leakedMb > 0).length,
  );

  return {
    suspended: (plugin) => suspendedTotal.inc({ plugin }),
    called(plugin, hook, { ms, syncMs, outcome }) {
      const { numbers, durations } = of(plugin, hook);
      numbers.calls += 1;
      numbers.totalMs += ms;
      numbers.syncMs += syncMs;
      if (outcome === 'error') numbers.errors += 1;
      if (outcome === 'timeout') numbers.timeouts += 1;
      durations.add(ms);
    },
    skipped(plugin, hook) {
      of(plugin, hook).numbers.skips += 1;
    },
    floating(plugin) {
      troublesOf(plugin).floating += 1;
      floating.inc({ plugin });
    },
    blocked(plugin, hook, ms) {
      troublesOf(plugin).blocked += 1;
      of(plugin, hook).numbers.blockedMs += ms;
    },
    leaked(plugin, mb) {
      troublesOf(plugin).leakedMb = mb;
    },
    figures: (plugin, hook) => series.get(plugin)?.get(hook)?.numbers ?? NO_FIGURES,
    all,
    pluginStats: () =>
      [...new Set([...series.keys(), ...troubles.keys()])]
        .map((plugin) => statsOf(plugin, series.get(plugin), troublesOf(plugin)))
        .sort((a, b) => b.totalMs - a.totalMs),
  };
}

function statsOf(
  plugin: string,
  series: ReadonlyMap<string, Series> | undefined,
  troubles: Troubles,
): PluginStats {
  const hooks = [...(series ?? [])].map(([hook, { numbers, durations }]): CallStats => {
    const meanMs = numbers.calls === 0 ? 0 : numbers.totalMs / numbers.calls;
    const [p50Ms, p95Ms] = [durations.percentile(0.5), durations.percentile(0.95)];
    return { hook, ...numbers, meanMs, p50Ms, p95Ms };
  });
  const sum = (field: keyof CallFigures): number =>
    hooks.reduce((total, numbers) => total + numbers[field], 0);
  return {
    plugin,
    calls: sum('calls'),
    errors: sum('errors'),
    timeouts: sum('timeouts'),
    skips: sum('skips'),
    totalMs: sum('totalMs'),
    syncMs: sum('syncMs'),
    blockedMs: sum('blockedMs'),
    ...troubles,
    hooks: hooks.sort((a, b) => b.totalMs - a.totalMs),
  };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
