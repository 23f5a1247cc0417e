// The site without a network. Does nothing until an agent asks that this device keeps their mail.
import './worker/offline.js';
