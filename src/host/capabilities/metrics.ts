import { AppError } from '../../base/errors';
import type { Metrics } from '../../kernel/meter';
import type { PluginMetrics } from '../capability-types';

const METRICS = 20;
const SERIES = 100;
const LABELS = 3;
const VALUE_CHARS = 40;
const NAME = /^[a-z][a-z0-9_]{0,50}$/;

type Labels = Readonly<Record<string, string>>;

/** Figures of one plugin, under its id; names said twice give the same metric. */
export function pluginMetrics(plugin: string, metrics: Metrics): PluginMetrics {
  const series = new Map<string, Set<string>>();

  /** The full name; throws for a name or labels that would make figures without end. */
  function claim(name: string, labels: readonly string[]): string {
    const full = `plugin_${plugin.replaceAll('-', '_')}_${name}`;
    const isFine =
      NAME.test(name) && labels.length <= LABELS && labels.every((label) => NAME.test(label));
    if (!isFine || (!series.has(full) && series.size >= METRICS)) {
      throw new AppError('internal/unexpected', { details: { plugin, metric: name.slice(0, 60) } });
    }
    if (!series.has(full)) series.set(full, new Set());
    return full;
  }

  /** Labels cut to their declared names; `undefined` once there are too many series. */
  function fitting(full: string, names: readonly string[], labels: Labels): Labels | undefined {
    const values = names.map((name) => String(labels[name] ?? '').slice(0, VALUE_CHARS));
    const known = series.get(full) ?? new Set();
    const key = JSON.stringify(values);
    if (!known.has(key) && known.size >= SERIES) return undefined;
    known.add(key);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  }

  return {
    counter(name, help, names = []) {
      const full = claim(name, names);
      const counter = metrics.counter(full, help, names);
      return {
        inc(labels = {}, by = 1) {
          const of = fitting(full, names, labels);
          if (of && Number.isFinite(by) && by >= 0) counter.inc(of, by);
        },
      };
    },
    histogram(name, help, { labels: names = [], buckets } = {}) {
      const full = claim(name, names);
      const histogram = metrics.histogram(full, help, names, buckets?.slice(0, 20));
      return {
        observe(value, labels = {}) {
          const of = fitting(full, names, labels);
          if (of && Number.isFinite(value)) histogram.observe(value, of);
        },
      };
    },
  };
}
