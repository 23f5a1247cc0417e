// The site without a network, and what comes while no page is open. Does nothing until an agent asks
// that this device keeps their mail, or tells of it.
import './worker/offline.js';
