import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export type CameraState = "starting" | "on" | "none";

/** Runs the rear camera into the video element as long as the component stands. */
export function useCamera(video: RefObject<HTMLVideoElement | null>): CameraState {
  const [state, setState] = useState<CameraState>("starting");
  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
        });
      } catch {
        // Refused, in use or absent: the person is told the same and can type or choose a file.
        setState("none");
        return;
      }
      if (gone || !video.current) return stop();
      video.current.srcObject = stream;
      await video.current.play().catch(() => undefined);
      setState("on");
    };
    start();
    return () => {
      gone = true;
      stop();
    };
  }, []);
  return state;
}
