/** Where providers send browsers and notices: cross-site by nature, so that no token of ours is there. */
const FROM_PROVIDER = /^\/login\/[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*\/(callback|notice)$/;

/** Whether a POST comes from a provider: kept state or the plugin's own check stands for the token. */
export const isFromProvider = (path: string): boolean => FROM_PROVIDER.test(path);

/** Whether it is a notice, whose body may be no form at all. */
export const isNotice = (path: string): boolean => FROM_PROVIDER.exec(path)?.[1] === 'notice';
