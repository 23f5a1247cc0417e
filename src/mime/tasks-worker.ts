import { serveTasks } from '../kernel/worker-entry';
import { tasks } from './tasks';

serveTasks(tasks);
