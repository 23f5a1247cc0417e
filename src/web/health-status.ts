/** One dependency as it was last asked. */
export interface HealthCheck {
  readonly id: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly detail?: string;
}

/** One word for all checks, and its status: only the database takes the process out of service. */
export function healthStatus(checks: readonly HealthCheck[]): {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly httpStatus: 200 | 503;
} {
  const isReady = checks.filter(({ id }) => id === 'database').every(({ ok }) => ok);
  if (!isReady) return { status: 'down', httpStatus: 503 };
  return { status: checks.every(({ ok }) => ok) ? 'ok' : 'degraded', httpStatus: 200 };
}
