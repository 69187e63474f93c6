import { useLoaded } from '../../platform/use-loaded.ts';
import { named } from '../../messages/named.ts';
import { moment } from '../../platform/format.ts';
import { type QueueStats, listFailedJobs } from '../api/system.ts';
import { Failure } from '../parts/failure.tsx';
import { texts } from '../texts/texts.ts';

const JOBS_SHOWN = 20;

/** The jobs that were given up, each with its reason. */
export function FailedJobs({
  queues,
  retry,
}: {
  queues: readonly QueueStats[];
  retry: (queue: string) => void;
}) {
  const words = texts.queues;
  const failing = queues.filter(({ counts }) => counts.failed > 0);
  return (
    <section className="organiser-page" aria-label={words.failedTitle}>
      <h2>{words.failedTitle}</h2>
      {failing.length === 0 && <p className="soft">{words.failedNone}</p>}
      {failing.map(({ name, counts }) => (
        <Failed key={name} queue={name} failed={counts.failed} retry={() => retry(name)} />
      ))}
    </section>
  );
}

function Failed({ queue, failed, retry }: { queue: string; failed: number; retry: () => void }) {
  const words = texts.queues;
  const name = named(words.names, queue) ?? queue;
  const jobs = useLoaded(`${queue} ${failed}`, (signal) => listFailedJobs(queue, JOBS_SHOWN, signal));
  return (
    <div className="card failed-jobs">
      <div className="queue-head">
        <h3>{words.failedOf(name)}</h3>
        <button type="button" className="button" aria-label={words.retryLabel(name)} onClick={retry}>
          {words.retry}
        </button>
      </div>
      {jobs.state === 'failed' && <Failure error={jobs.error} retry={jobs.reload} />}
      {jobs.state === 'loaded' && (
        <ul className="failed-list">
          {jobs.value.items.map((job) => (
            <li key={job.id}>
              <strong>{job.name}</strong>{' '}
              <span className="small soft figures">
                {job.finishedAt !== null && `${words.at} ${moment(job.finishedAt, 'short', 'medium')}, `}
                {words.tries(job.tries, job.triesMax)}
              </span>
              <p className="organiser-fault" lang="en">
                {job.failedReason}
              </p>
              <details>
                <summary className="small">{words.data}</summary>
                <pre className="small">{JSON.stringify(job.data, null, 2)}</pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
