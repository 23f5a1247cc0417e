import type { Fault } from './fault';
import type { Import } from './imports';

/** Keys of texts, whole: a contract finds the ones that nothing uses. */
export const FAULT_TEXTS: Readonly<Record<Fault, string>> = {
  syntax: 'calendar:fault.syntax',
  nothing: 'calendar:fault.nothing',
  several: 'calendar:fault.several',
  'no-uid': 'calendar:fault.no-uid',
  'no-start': 'calendar:fault.no-start',
  rule: 'calendar:fault.rule',
  time: 'calendar:fault.time',
  missing: 'calendar:fault.missing',
  rights: 'calendar:fault.rights',
  'not-an-object': 'calendar:fault.not-an-object',
  'too-large': 'calendar:fault.too-large',
  full: 'calendar:fault.full',
  quota: 'calendar:fault.quota',
  uri: 'calendar:fault.uri',
  room: 'calendar:rooms.busy',
  private: 'calendar:fault.private',
  'uid-conflict': 'calendar:fault.uid-conflict',
  unended: 'calendar:fault.unended',
  denied: 'calendar:fault.denied',
  zone: 'calendar:fault.zone',
  'note-zone': 'calendar:fault.note-zone',
  'note-end': 'calendar:fault.note-end',
  'note-interval': 'calendar:fault.note-interval',
};

/** What became of a file. */
export const STATE_TEXTS: Readonly<Record<Import['state'], string>> = {
  running: 'calendar:import.state.running',
  done: 'calendar:import.state.done',
  ended: 'calendar:import.state.ended',
};
