import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Express } from 'express';
import type { Resources } from '../resources.ts';
import { BOARD_PATH } from './board-session.ts';

export function openQueueBoard({ queues }: Resources): Express {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: Object.values(queues.byName).map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Holdfast', hideRedisDetails: true } },
  });
  const board: Express = adapter.getRouter();
  board.disable('x-powered-by');
  return board;
}
