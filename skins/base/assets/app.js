// Every signed-in page. The order counts: Turbo must find the page prepared.
import './elements/turbo-boot.js';
import '@hotwired/turbo';
import './elements/turbo-ready.js';
import './elements/morph-guard.js';
import './elements/app-badge.js';
import './elements/est-again.js';
import './elements/est-dialog.js';
import './elements/est-menu.js';
import './elements/est-person.js';
import './elements/est-toast.js';
import './elements/folder-drawer.js';
import './elements/visit-focus.js';
import './elements/offline-notice.js';
import './elements/est-offline.js';
import './elements/est-palette.js';
import './elements/settings-save.js';
import './elements/mail.js';
