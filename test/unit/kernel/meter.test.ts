import { createMeter, createMetrics } from '../../../src/kernel/meter';

it('exposes calls, errors, timeouts, skips and synchronous time per plugin and hook', async () => {
  const metrics = createMetrics();
  const meter = createMeter(metrics);
  meter.called('calendar', 'message:sent', { ms: 30, syncMs: 10, outcome: 'ok' });
  meter.called('calendar', 'message:sent', { ms: 10, syncMs: 5, outcome: 'error' });
  meter.called('calendar', 'message:sent', { ms: 20, syncMs: 0, outcome: 'timeout' });
  meter.skipped('calendar', 'message:sent');
  meter.floating('calendar');

  await metrics.text();
  const text = await metrics.text(); // counters are copied at each scrape, not added up

  const labels = '{plugin="calendar",hook="message:sent"}';
  expect(text).toContain(`estafette_plugin_calls_total${labels} 3`);
  expect(text).toContain(`estafette_plugin_errors_total${labels} 1`);
  expect(text).toContain(`estafette_plugin_timeouts_total${labels} 1`);
  expect(text).toContain(`estafette_plugin_skips_total${labels} 1`);
  expect(text).toContain(`estafette_plugin_sync_seconds_total${labels} 0.015`);
  expect(text).toContain(`estafette_plugin_call_seconds_count${labels} 3`);
  expect(text).toContain('estafette_plugin_floating_errors_total{plugin="calendar"} 1');
  expect(meter.figures('calendar', 'message:sent')).toMatchObject({ calls: 3, totalMs: 60 });
  expect(meter.figures('absent', 'message:sent').calls).toBe(0);
  expect(meter.all()).toHaveLength(1);
});

it('makes counters, gauges and histograms under one prefix, once per name', async () => {
  const metrics = createMetrics();
  metrics.counter('mails_total', 'Mails', ['site']).inc({ site: 'culture' }, 2);
  metrics.counter('mails_total', 'Mails', ['site']).inc({ site: 'culture' });
  metrics.gauge('queue', 'Queue').set(4);
  metrics.gauge('read_queue', 'Queue', [], () => 7);
  metrics.histogram('seconds', 'Time', [], [1, 2]).observe(1.5);

  const text = await metrics.text();

  expect(text).toContain('estafette_mails_total{site="culture"} 3');
  expect(text).toContain('estafette_queue 4');
  expect(text).toContain('estafette_read_queue 7');
  expect(text).toContain('estafette_seconds_bucket{le="2"} 1');
  expect(metrics.contentType).toContain('text/plain');
});

it('bounds the series of a metric whose labels come from input', async () => {
  const metrics = createMetrics();
  const counter = metrics.counter('hostile_total', 'Hostile', ['value']);
  for (let i = 0; i < 5_000; i += 1) counter.inc({ value: `v${i}` });
  counter.inc({ value: 'v1' });

  const text = await metrics.text();

  expect(text.match(/^estafette_hostile_total\{/gm)).toHaveLength(2_000);
  expect(text).toContain('estafette_hostile_total{value="v1"} 2');
});
