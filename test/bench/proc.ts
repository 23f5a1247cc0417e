import { readdirSync, readFileSync } from 'node:fs';

/** First field of `/proc/<pid>/task/<tid>/schedstat`: nanoseconds on a core, as milliseconds. */
export const parseSchedstat = (text: string): number => Number(text.split(' ')[0]) / 1e6;

/** A line of `/proc/<pid>/status` in kB, as megabytes (2^20); 0 when it is not there. */
export function parseStatusMb(text: string, name: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  return Number(found?.[1] ?? 0) / 1024;
}

/**
 * CPU time of a process so far, all its threads together: workers and the collector count. The
 * kernel's own clock ticks (10 ms) would be too coarse for a request.
 */
export function readCpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, tid) => sum + taskMs(`${tasks}/${tid}/schedstat`), 0);
}

function taskMs(file: string): number {
  try {
    return parseSchedstat(readFileSync(file, 'utf8'));
  } catch {
    return 0; // the thread ended between the listing and now
  }
}

/** Resident memory of a process, in MB. */
export const readRssMb = (pid: number): number =>
  parseStatusMb(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');
