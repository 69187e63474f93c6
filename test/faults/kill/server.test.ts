import { testKillsIn } from './kill-at.ts';

testKillsIn(['server']);
