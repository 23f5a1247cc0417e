/** Scope of the core's own settings; plugins use their id. */
export const CORE_SCOPE = 'core';
