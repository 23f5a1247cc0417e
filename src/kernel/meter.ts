import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

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
  figures(plugin: string, hook: string): Readonly<CallFigures>;
  /** Everything recorded, for the admin page and the operator's tools. */
  all(): readonly (Readonly<CallFigures> & { readonly plugin: string; readonly hook: string })[];
}

const NO_FIGURES: CallFigures = {
  calls: 0,
  errors: 0,
  timeouts: 0,
  skips: 0,
  totalMs: 0,
  syncMs: 0,
};

const COUNTED = [
  ['plugin_calls_total', 'Calls of plugin code', 'calls', 1],
  ['plugin_errors_total', 'Calls that threw, or whose result was refused', 'errors', 1],
  ['plugin_timeouts_total', 'Calls cut off by their deadline', 'timeouts', 1],
  ['plugin_skips_total', 'Calls not made: breaker open or budget spent', 'skips', 1],
  ['plugin_sync_seconds_total', 'Time before the first await', 'syncMs', 1 / 1000],
] as const satisfies readonly (readonly [string, string, keyof CallFigures, number])[];

/** Meters calls of plugin code; figures are plain numbers, copied to the counters at each scrape. */
export function createMeter(metrics: Metrics): Meter {
  const figures = new Map<string, Map<string, CallFigures>>();
  const of = (plugin: string, hook: string): CallFigures => {
    const hooks = getOrMake(figures, plugin, () => new Map<string, CallFigures>());
    return getOrMake(hooks, hook, () => ({ ...NO_FIGURES }));
  };
  const all = () =>
    [...figures].flatMap(([plugin, hooks]) =>
      [...hooks].map(([hook, numbers]) => ({ plugin, hook, ...numbers })),
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
  // The library's own: plugins and hooks are bounded, and this is on the path of every call.
  const duration = new Histogram({
    name: `${PREFIX}plugin_call_seconds`,
    help: 'Duration of plugin calls',
    labelNames: ['plugin', 'hook'],
    buckets: CALL_BUCKETS_S,
    registers: [metrics.registry],
  });
  const floating = metrics.counter(
    'plugin_floating_errors_total',
    'Rejections and exceptions that nobody awaited',
    ['plugin'],
  );

  return {
    called(plugin, hook, { ms, syncMs, outcome }) {
      const numbers = of(plugin, hook);
      numbers.calls += 1;
      numbers.totalMs += ms;
      numbers.syncMs += syncMs;
      if (outcome === 'error') numbers.errors += 1;
      if (outcome === 'timeout') numbers.timeouts += 1;
      duration.observe({ plugin, hook }, ms / 1000);
    },
    skipped(plugin, hook) {
      of(plugin, hook).skips += 1;
    },
    floating: (plugin) => floating.inc({ plugin }),
    figures: (plugin, hook) => figures.get(plugin)?.get(hook) ?? NO_FIGURES,
    all,
  };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
