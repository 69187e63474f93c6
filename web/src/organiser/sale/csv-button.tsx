import { useState } from 'react';
import { showToast } from '../../layout/notices.ts';
import { getBookingsCsv } from '../api/sales.ts';
import { organiserWords, texts } from '../texts/texts.ts';

/** The browser keeps the file's address until the click is through. */
const ADDRESS_KEPT_MS = 10_000;

/** A link could not carry who asks: the file is fetched first, and then given to the browser to save. */
export function CsvButton({ eventId }: { eventId: string }) {
  const [isWorking, setIsWorking] = useState(false);
  const fetchFile = async () => {
    if (isWorking) return;
    setIsWorking(true);
    try {
      save(await getBookingsCsv(eventId), `bookings-${eventId}.csv`);
    } catch (error) {
      showToast(organiserWords(error));
    } finally {
      setIsWorking(false);
    }
  };
  return (
    <button type="button" className="button" aria-disabled={isWorking} onClick={() => void fetchFile()}>
      {isWorking ? texts.now.csvWorking : texts.now.csv}
    </button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), ADDRESS_KEPT_MS);
}
