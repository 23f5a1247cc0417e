/**
 * iCalendar texts (RFC 5545): what is in them, and changes that leave alone what they are not about.
 * No store and no platform below here.
 */

export { changed, created, without } from './edit';
export { type EventForm, fieldsOf } from './fields';
export { isCancelled } from './object';
export { occurrencesOf } from './occurrences';
export * from './types';
