import { testKillsIn } from './kill-at.ts';

testKillsIn(['seat-worker', 'cleanup-worker']);
