import { defineProblems } from '../platform/problem.ts';

export const LIVE_UPDATE_PROBLEMS = defineProblems({
  too_many_streams: { status: 429, title: 'Too many live streams from this address', retry: true },
  streams_full: { status: 503, title: 'This server has as many viewers as it takes', retry: true },
});
