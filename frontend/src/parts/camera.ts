import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export type CameraState = "starting" | "on" | "none";

export interface Camera {
  state: CameraState;
  /** Switches the lamp of the camera on or off; null where it has none. */
  torch: ((on: boolean) => Promise<void>) | null;
}

interface Lit {
  torch?: boolean;
}

/** A cellar is dark, and so is a code in it. */
function torchOf(stream: MediaStream): Camera["torch"] {
  const [track] = stream.getVideoTracks();
  const able = (track?.getCapabilities?.() as Lit | undefined)?.torch;
  if (!track || !able) return null;
  return (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}

/** Runs the rear camera into the video element as long as the component stands. */
export function useCamera(video: RefObject<HTMLVideoElement | null>): Camera {
  const [state, setState] = useState<CameraState>("starting");
  const [torch, setTorch] = useState<Camera["torch"]>(null);
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
      const lamp = torchOf(stream);
      setTorch(() => lamp);
      setState("on");
    };
    start();
    return () => {
      gone = true;
      stop();
    };
  }, []);
  return { state, torch };
}
