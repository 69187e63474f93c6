import { type ReactNode, useState } from 'react';
import { Dialog } from '../../layout/dialog.tsx';
import { texts } from '../texts/texts.ts';
import { Failure } from './failure.tsx';

/** Asks before something is done. The dialog stays open, and tells why, when it could not be done. */
export function Confirm({
  title,
  action,
  working,
  isDanger = false,
  isReady = true,
  act,
  close,
  children,
}: {
  title: string;
  action: string;
  working: string;
  isDanger?: boolean;
  isReady?: boolean;
  act: () => Promise<void>;
  close: () => void;
  children: ReactNode;
}) {
  const [isWorking, setIsWorking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const go = async () => {
    if (isWorking || !isReady) return;
    setIsWorking(true);
    setError(null);
    try {
      await act();
      close();
    } catch (caught) {
      setError(caught);
      setIsWorking(false);
    }
  };
  return (
    <Dialog title={title} close={close}>
      {children}
      {error !== null && <Failure error={error} />}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close}>
          {texts.cancel}
        </button>
        <button
          type="button"
          className={isDanger ? 'button button-danger' : 'button button-main'}
          aria-disabled={isWorking || !isReady}
          onClick={() => void go()}
        >
          {isWorking ? working : action}
        </button>
      </div>
    </Dialog>
  );
}
