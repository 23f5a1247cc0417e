// The page where mail is written; the order counts: the editor fills the fields that the draft saves.
import './elements/est-editor.js';
import './elements/est-chips.js';
import './elements/est-upload.js';
import './elements/est-draft.js';
