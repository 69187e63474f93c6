import { organiserWords, texts } from '../texts/texts.ts';

/** What went wrong, and how to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div className="notice notice-bad" role="alert">
      {organiserWords(error)}
      {retry !== undefined && (
        <button type="button" className="button" onClick={retry}>
          {texts.reload}
        </button>
      )}
    </div>
  );
}
