/** QR codes out of a running video: by the browser's detector, else by a worker with a decoder of its own. */

export interface Decoder {
  /** The text of a code in the picture, or null. */
  read(video: HTMLVideoElement): Promise<string | null>;
  close(): void;
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** Wider pictures cost time and find nothing more at arm's length. */
const WIDTH = 640;

export async function makeDecoder(): Promise<Decoder> {
  const Detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = await Detector?.getSupportedFormats().catch((): string[] => []);
  return Detector && formats?.includes("qr_code") ? byBrowser(new Detector({ formats: ["qr_code"] })) : byWorker();
}

function byBrowser(detector: Detector): Decoder {
  return {
    read: async (video) => (await detector.detect(video))[0]?.rawValue ?? null,
    close: () => undefined,
  };
}

function byWorker(): Decoder {
  const worker = new Worker(new URL("./scan-worker.ts", import.meta.url), { type: "module" });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return {
    read: (video) =>
      new Promise((resolve) => {
        if (!context || !video.videoWidth) return resolve(null);
        const scale = Math.min(1, WIDTH / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        context.drawImage(video, 0, 0, canvas.width, canvas.height);
        const picture = context.getImageData(0, 0, canvas.width, canvas.height);
        worker.onmessage = (event: MessageEvent<string | null>) => resolve(event.data);
        worker.postMessage(picture, [picture.data.buffer]);
      }),
    close: () => worker.terminate(),
  };
}
