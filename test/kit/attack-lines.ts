import type { AuditEntry } from '../../src/audit';

/** What is refused, and the line of the audit log that says so; printed as one table. */
export interface AttackLines {
  told(attack: string, line: Pick<AuditEntry, 'event' | 'remote' | 'details'>): void;
  print(): void;
}

/** Gathers `attack → audit line` for whoever reads the output of a test. */
export function attackLines(title: string): AttackLines {
  const rows: (readonly [string, string])[] = [];
  return {
    told(attack, { event, remote = '', details }) {
      rows.push([attack, `${event} ${JSON.stringify(details ?? {})} ${remote}`.trim()]);
    },
    print() {
      const width = Math.max(0, ...rows.map(([attack]) => attack.length));
      const lines = rows.map(([attack, line]) => `  ${attack.padEnd(width)} → ${line}`);
      process.stdout.write(`${[title, ...lines].join('\n')}\n`);
    },
  };
}
