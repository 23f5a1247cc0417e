/**
 * One line typed by a person, French or English, as an event: pure, no store and no platform below
 * here. Called by the pages, for events and tasks.
 */
export { SENTENCE_CHARS, type Understood, understand } from './understand';
