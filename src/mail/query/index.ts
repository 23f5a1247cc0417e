/**
 * The language of searches: what somebody types, as data, as search keys of IMAP and as the form
 * that writes it. Pure: no server, no page, no clock. Called by `mail` and by pages of search.
 */
export { NO_FIELDS, type QueryFields, readFields, writeQuery } from './fields';
export { formatQuery, quoted } from './format';
export { either, type KeyOptions, queryKeys } from './keys';
export { asksBodies, asksFlags, needsAttachment, termsOf, withLabels, wordsOf } from './look';
export { parseQuery, QUERY_MAX_CHARS } from './parse';
export type * from './types';
export { parsePeriod, parseSize } from './values';
export { plainWord } from './words';
