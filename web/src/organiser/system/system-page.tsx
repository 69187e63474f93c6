import './system.css';
import { useState } from 'react';
import { showToast } from '../../layout/notices.ts';
import { PageTitle } from '../../layout/plain-page.tsx';
import { named } from '../../messages/named.ts';
import { count } from '../../platform/format.ts';
import {
  type QueueStats,
  cleanQueue,
  listQueues,
  openBoard,
  pauseQueue,
  retryFailedJobs,
} from '../api/system.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Failure } from '../parts/failure.tsx';
import { usePolled } from '../parts/use-polled.ts';
import { organiserWords, texts } from '../texts/texts.ts';
import { AuditReport } from './audit-report.tsx';
import { FailedJobs } from './failed-jobs.tsx';

const EVERY_MS = 4_000;
const BOARD = '/admin/queues';

/** For administrators: how the queues and the invariants stand, and what can be done about them. */
export function SystemPage() {
  const queues = usePolled('queues', EVERY_MS, listQueues);
  const [pausing, setPausing] = useState<string | null>(null);
  const act = async (work: () => Promise<string | null>) => {
    try {
      const done = await work();
      if (done !== null) showToast(done);
      queues.again();
    } catch (error) {
      showToast(organiserWords(error));
    }
  };
  const words = texts.queues;
  const actions: Actions = {
    pause: setPausing,
    resume: (queue) => void act(async () => pauseQueue(queue, 'resume').then(() => null)),
    clean: (queue) => void act(async () => words.cleaned(await cleanEnded(queue))),
    retry: (queue) => void act(async () => words.retried(await retryFailedJobs(queue))),
  };
  return (
    <div className="page organiser-page">
      <PageTitle>{words.title}</PageTitle>
      {queues.error !== null && <Failure error={queues.error} retry={queues.again} />}
      {queues.value === null ? (
        <div className="card skeleton queue-waiting" aria-busy="true" />
      ) : (
        <>
          <div className="queues">
            {queues.value.map((queue) => (
              <QueueCard key={queue.name} queue={queue} actions={actions} />
            ))}
          </div>
          <FailedJobs queues={queues.value} retry={actions.retry} />
        </>
      )}
      <AuditReport />
      <div>
        <button type="button" className="button" onClick={() => void act(goToBoard)}>
          {words.board}
        </button>
      </div>
      {pausing !== null && (
        <Confirm
          title={words.pauseTitle(nameOf(pausing))}
          action={words.pause}
          working={texts.saving}
          close={() => setPausing(null)}
          act={async () => {
            await pauseQueue(pausing, 'pause');
            queues.again();
          }}
        >
          <p>{words.pauseWords}</p>
        </Confirm>
      )}
    </div>
  );
}

type Actions = Readonly<Record<'pause' | 'resume' | 'clean' | 'retry', (queue: string) => void>>;

function QueueCard({ queue, actions }: { queue: QueueStats; actions: Actions }) {
  const words = texts.queues;
  const name = nameOf(queue.name);
  const { counts, isPaused, workers } = queue;
  const figures = [
    [words.waiting, counts.waiting],
    [words.active, counts.active],
    [words.delayed, counts.delayed],
    [words.completed, counts.completed],
    [words.failed, counts.failed],
    [words.workers, workers],
  ] as const;
  return (
    <section className="card queue" aria-label={name}>
      <div className="queue-head">
        <h2>{name}</h2>
        <span className={isPaused ? 'state state-warn' : 'state state-good'}>
          {isPaused ? words.paused : words.running}
        </span>
      </div>
      <dl className="queue-figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt className="small soft">{label}</dt>
            <dd className="figures">{count(value)}</dd>
          </div>
        ))}
      </dl>
      <div className="own-actions">
        <button
          type="button"
          className="button"
          aria-label={isPaused ? words.resumeLabel(name) : words.pauseLabel(name)}
          onClick={() => (isPaused ? actions.resume(queue.name) : actions.pause(queue.name))}
        >
          {isPaused ? words.resume : words.pause}
        </button>
        <button
          type="button"
          className="button"
          aria-label={words.cleanLabel(name)}
          onClick={() => actions.clean(queue.name)}
        >
          {words.clean}
        </button>
      </div>
    </section>
  );
}

function nameOf(queue: string): string {
  return named(texts.queues.names, queue) ?? queue;
}

async function cleanEnded(queue: string): Promise<number> {
  return (await cleanQueue(queue, 'completed')) + (await cleanQueue(queue, 'failed'));
}

async function goToBoard(): Promise<null> {
  await openBoard();
  location.assign(BOARD);
  return null;
}
