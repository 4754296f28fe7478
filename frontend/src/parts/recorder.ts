import { useEffect, useRef, useState } from "preact/hooks";
import {
  BITS_PER_SECOND,
  MOST_SECONDS,
  secondsLeft,
  secondsOf,
  type Trouble,
  troubleOf,
  typeFor,
} from "../field/voice";

export type Recording =
  | { state: "starting" }
  | { state: "on"; left: number }
  | { state: "done"; blob: Blob; seconds: number }
  | { state: "none"; why: Trouble };

const TICK = 250;

/** Records as long as the component stands: until `stop`, for a minute at most, and never while the page is hidden. */
export function useRecorder(): { recording: Recording; stop: () => void } {
  const [recording, setRecording] = useState<Recording>({ state: "starting" });
  const stop = useRef(() => {});
  useEffect(() => {
    let gone = false;
    let stream: MediaStream | null = null;
    const release = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const end = () => stop.current();
    const hide = () => {
      if (document.visibilityState === "hidden") end();
    };
    const begin = async () => {
      const type = typeFor(typeof MediaRecorder === "undefined" ? null : (each) => MediaRecorder.isTypeSupported(each));
      if (type === null) return setRecording({ state: "none", why: "unsupported" });
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch (error) {
        return gone || setRecording({ state: "none", why: troubleOf(error) });
      }
      if (gone) return release();
      stop.current = record(stream, type, (next) => {
        if (next.state !== "on") release();
        if (!gone) setRecording(next);
      });
      hide();
    };
    document.addEventListener("visibilitychange", hide);
    begin();
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", hide);
      end();
      release();
    };
  }, []);
  return { recording, stop: () => stop.current() };
}

/** Records the stream, and says how it goes; what it returns ends it. */
function record(stream: MediaStream, mimeType: string, say: (next: Recording) => void): () => void {
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  const parts: Blob[] = [];
  const began = performance.now();
  const ran = () => performance.now() - began;
  const end = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setInterval(() => {
    if (recorder.state === "inactive") return;
    say({ state: "on", left: secondsLeft(ran()) });
    if (ran() >= MOST_SECONDS * 1000) end();
  }, TICK);
  let length = 0;
  recorder.ondataavailable = ({ data }) => {
    length = ran();
    parts.push(data);
  };
  recorder.onstop = () => {
    clearInterval(timer);
    const blob = new Blob(parts, { type: mimeType.split(";")[0] });
    say(blob.size > 0 ? { state: "done", blob, seconds: secondsOf(length) } : { state: "none", why: "empty" });
  };
  recorder.start();
  say({ state: "on", left: MOST_SECONDS });
  return end;
}
