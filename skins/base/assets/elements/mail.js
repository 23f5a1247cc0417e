// Everything of the mail page, in one import.
import './search-rows.js';
import './est-list.js';
import './est-live.js';
import './est-shortcuts.js';
import './list-context.js';
import './list-drag.js';
import './list-swipe.js';
