import { Dialog } from '../../layout/dialog.tsx';
import { messages } from '../../messages/messages.ts';
import { named } from '../../messages/named.ts';
import { moment } from '../../platform/format.ts';
import { useLoaded } from '../../platform/use-loaded.ts';
import { type SeatStory, getSeatStory } from '../api/sales.ts';
import { Failure } from '../parts/failure.tsx';
import { texts } from '../texts/texts.ts';

/** All that happened to a seat. */
export function StoryDialog({
  eventId,
  seatId,
  close,
}: {
  eventId: string;
  seatId: number;
  close: () => void;
}) {
  const story = useLoaded(`${eventId} ${seatId}`, (signal) => getSeatStory(eventId, seatId, signal));
  const title = story.state === 'loaded' ? placeOf(story.value) : messages.site.loading;
  return (
    <Dialog title={title} close={close}>
      {story.state === 'failed' && <Failure error={story.error} retry={story.reload} />}
      {story.state === 'loading' && <div className="skeleton story-waiting" aria-busy="true" />}
      {story.state === 'loaded' && <Story story={story.value} />}
      <div className="dialog-buttons">
        <button type="button" className="button button-main" onClick={close}>
          {messages.site.close}
        </button>
      </div>
    </Dialog>
  );
}

function Story({ story }: { story: SeatStory }) {
  const words = texts.story;
  return (
    <>
      <p>
        <strong>{named(words.states, story.state) ?? story.state}</strong>
      </p>
      {story.entries.length === 0 && <p className="soft">{words.none}</p>}
      <ol className="story">
        {story.entries.map((entry, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the story is read once, and its lines have no names
          <li key={index}>
            <time className="small soft figures" dateTime={entry.at}>
              {moment(entry.at, 'medium', 'medium')}
            </time>
            <span>
              {named(words.reasons, entry.reason) ?? <span lang="en">{entry.words}</span>}
              {entry.by !== null && <span className="soft"> {words.by(whoOf(entry.by))}</span>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function placeOf({ seat }: SeatStory): string {
  const row = seat.row === '' ? '' : `${messages.list.row(seat.row)}, `;
  return `${seat.section}, ${row}${seat.label}`;
}

function whoOf({ name, email }: { name: string | null; email: string | null }): string {
  return name ?? email ?? texts.story.guest;
}
