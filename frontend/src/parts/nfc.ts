/** Tags read by the browser where it can (`NDEFReader`); their text is the same as that of a QR code. */

interface ReadingEvent extends Event {
  message: { records: { recordType: string; encoding?: string; data?: DataView }[] };
}
interface Reader extends EventTarget {
  scan(options: { signal: AbortSignal }): Promise<void>;
}
type ReaderClass = new () => Reader;

const readerClass = () => (globalThis as { NDEFReader?: ReaderClass }).NDEFReader;

export const hasNfc = () => readerClass() !== undefined;

/** Calls back with every tag's text until it is aborted. Rejects when the person or the system says no. */
export async function readTags(onText: (text: string) => void, signal: AbortSignal): Promise<void> {
  const Reader = readerClass();
  if (!Reader) throw new Error("no NDEFReader");
  const reader = new Reader();
  reader.addEventListener(
    "reading",
    (event) => {
      for (const record of (event as ReadingEvent).message.records) {
        if (record.data && (record.recordType === "text" || record.recordType === "url")) {
          onText(new TextDecoder(record.encoding).decode(record.data));
        }
      }
    },
    { signal },
  );
  await reader.scan({ signal });
}
