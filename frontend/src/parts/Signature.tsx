import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Photo } from "../field/contract";
import { t } from "../words";
import { Button } from "./Button";
import { TextField } from "./Fields";
import { useField } from "./field";

/** A dot or a slip of the finger is no signature. In pixels of the pad. */
export const SHORTEST_STROKE = 80;
const LINE = 3;

interface SignatureProps {
  label: string;
  /** Gives the picture, or null while the pad is empty or the stroke too short. */
  onChange: (signature: (() => Promise<Photo>) | null) => void;
  wrong?: string | null;
  /** A colleague signs; else it is the resident, and the page is his alone while he does (`.resident-signs`). */
  byStaff?: boolean;
}

/** A pad to sign on by finger, pen or mouse; who cannot uses the name instead. */
export function Signature({ label, onChange, wrong, byStaff }: SignatureProps) {
  const field = useField();
  const pad = useRef<HTMLCanvasElement>(null);
  const length = useRef(0);
  const [named, setNamed] = useState(false);
  const [name, setName] = useState("");
  const take = () => toPng(pad.current).then((blob) => field.keepPhoto(blob, "signature"));

  useStrokes(pad, (more) => {
    length.current += more;
    onChange(length.current >= SHORTEST_STROKE ? take : null);
  });
  const clear = () => {
    const canvas = pad.current;
    canvas?.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    length.current = 0;
    setName("");
    onChange(null);
  };
  const write = (text: string) => {
    setName(text);
    if (pad.current) writeName(pad.current, text);
    onChange(text.trim() ? take : null);
  };

  return (
    <fieldset class={`field ${byStaff ? "" : "resident-signs"}`}>
      <legend>{label}</legend>
      <canvas ref={pad} class="pad" role="img" aria-label={`${label}：${t("sign.here")}`} />
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      <div class="line">
        <Button icon="erase" onPress={clear}>
          {t("sign.clear")}
        </Button>
        <Button look="plain" icon="keyboard" expanded={named} onPress={() => setNamed(!named)}>
          {t("sign.by_keyboard")}
        </Button>
      </div>
      {named && <TextField label={t("sign.typed")} value={name} onInput={write} max={40} />}
    </fieldset>
  );
}

/** Draws along the pointer and reports the length of each stroke as it grows. */
function useStrokes(pad: { current: HTMLCanvasElement | null }, onDrawn: (pixels: number) => void): void {
  // Before the browser paints: a stroke on a pad that can be seen is never lost.
  useLayoutEffect(() => {
    const canvas = pad.current;
    if (!canvas) return;
    matchPixels(canvas);
    let last: { x: number; y: number } | null = null;
    const at = (event: PointerEvent) => ({ x: event.offsetX, y: event.offsetY });
    const down = (event: PointerEvent) => {
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
    };
    const move = (event: PointerEvent) => {
      const context = canvas.getContext("2d");
      if (!last || !context) return;
      const here = at(event);
      context.beginPath();
      context.moveTo(last.x, last.y);
      context.lineTo(here.x, here.y);
      context.stroke();
      onDrawn(Math.hypot(here.x - last.x, here.y - last.y));
      last = here;
    };
    const up = () => {
      last = null;
    };
    const stop = new AbortController();
    const options = { signal: stop.signal };
    canvas.addEventListener("pointerdown", down, options);
    canvas.addEventListener("pointermove", move, options);
    canvas.addEventListener("pointerup", up, options);
    canvas.addEventListener("pointercancel", up, options);
    return () => stop.abort();
  }, []);
}

/** As many pixels as the screen has, so that the line is sharp. */
function matchPixels(canvas: HTMLCanvasElement): void {
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * scale;
  canvas.height = canvas.clientHeight * scale;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  context.lineWidth = LINE;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = "#111";
}

function writeName(canvas: HTMLCanvasElement, name: string): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.fillStyle = "#111";
  context.font = `36px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(name, canvas.clientWidth / 2, canvas.clientHeight / 2);
}

/** The signature on white: a transparent picture would be black on black in a report. */
function toPng(pad: HTMLCanvasElement | null): Promise<Blob> {
  return new Promise((resolve, reject) => {
    if (!pad) return reject(new Error("no pad"));
    const paper = document.createElement("canvas");
    paper.width = pad.width;
    paper.height = pad.height;
    const context = paper.getContext("2d");
    if (!context) return reject(new Error("no canvas"));
    context.fillStyle = "#fff";
    context.fillRect(0, 0, paper.width, paper.height);
    context.drawImage(pad, 0, 0);
    paper.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
