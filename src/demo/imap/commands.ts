import { ACCOUNT_COMMANDS } from './commands/account';
import { APPEND_COMMANDS } from './commands/append';
import { LIST_COMMANDS } from './commands/list';
import { MAILBOX_COMMANDS } from './commands/mailbox';
import { MESSAGE_COMMANDS } from './commands/message';
import { SELECT_COMMANDS } from './commands/select';
import type { Command } from './commands/types';

export type { Command };

/** Every command by its name, upper case, without `UID`. */
export const COMMANDS: Readonly<Record<string, Command>> = Object.assign(
  Object.create(null) as Record<string, Command>,
  ACCOUNT_COMMANDS,
  LIST_COMMANDS,
  MAILBOX_COMMANDS,
  SELECT_COMMANDS,
  MESSAGE_COMMANDS,
  APPEND_COMMANDS,
);
