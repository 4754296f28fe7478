import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";
import { soundTaken, soundWrong } from "./alarm-sound";
import { Button } from "./Button";
import { Viewfinder } from "./CameraSheet";
import { type CameraState, useCamera } from "./camera";
import { makeDecoder } from "./decoding";
import { Sheet } from "./Sheet";

const BETWEEN_MS = 120;

interface ScannerProps {
  onClose: () => void;
  /** True: this was it, stop. False: look on (a wrong code was said already). */
  onCode: (text: string) => Promise<boolean>;
  children?: preact.ComponentChildren;
}

/** The camera, looking for a QR code until one is taken. */
export function Scanner({ onClose, onCode, children }: ScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const { state, torch } = useCamera(video);
  const [lit, setLit] = useState(false);
  const light = async () => {
    await torch?.(!lit);
    setLit(!lit);
  };
  useReading(video, state, async (text) => {
    const taken = await onCode(text);
    if (taken) soundTaken();
    else soundWrong();
    if (taken) onClose();
    return taken;
  });
  return (
    <Sheet title={t("scan.title")} onClose={onClose}>
      <Viewfinder video={video} state={state} aim />
      {torch && (
        <Button icon="torch" pressed={lit} onPress={light}>
          {t("scan.torch")}
        </Button>
      )}
      {children}
    </Sheet>
  );
}

function useReading(
  video: RefObject<HTMLVideoElement | null>,
  state: CameraState,
  onText: (text: string) => Promise<boolean>,
): void {
  useEffect(() => {
    if (state !== "on") return;
    let stopped = false;
    let refused: string | null = null;
    const loop = async () => {
      const decoder = await makeDecoder();
      while (!stopped && video.current) {
        const text = await decoder.read(video.current).catch(() => null);
        // A wrong code stays before the lens for a while: it is said once.
        if (text && text !== refused) {
          if (await onText(text)) break;
          refused = text;
        }
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      }
      decoder.close();
    };
    loop();
    return () => {
      stopped = true;
    };
  }, [state]);
}
