import type { Log } from '../../base/log';
import type { PluginLog } from '../capability-types';

/** Lines under the plugin's id; the library's own object would lead to its streams and settings. */
export function pluginLog(plugin: string, log: Log): PluginLog {
  const own = log.child({ plugin });
  const at = (level: 'debug' | 'info' | 'warn' | 'error'): PluginLog['info'] => {
    return (fields: object | string, event?: string): void => {
      if (typeof fields === 'string') own[level]({}, fields);
      else own[level]({ ...fields }, event ?? '');
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
