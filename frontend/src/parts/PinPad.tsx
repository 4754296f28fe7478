import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { t } from "../words";
import { Icon } from "./Icon";

export const PIN_LENGTH = 6;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

interface PinPadProps {
  label: string;
  /** Called with six digits; the pad empties itself afterwards. */
  onPin: (pin: string) => Promise<void> | void;
  wrong?: string | null;
  busy?: string | null;
}

/** Six digits by large keys or by the keyboard. What was entered is never shown. */
export function PinPad({ label, onPin, wrong, busy }: PinPadProps) {
  const [pin, setPin] = useState("");
  const add = (digit: string) => setPin((before) => (before.length < PIN_LENGTH ? before + digit : before));
  const erase = () => setPin((before) => before.slice(0, -1));

  useEffect(() => {
    if (pin.length < PIN_LENGTH) return;
    Promise.resolve(onPin(pin)).finally(() => setPin(""));
  }, [pin]);
  // At once: who types as soon as he sees the pad loses no digit.
  useLayoutEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (/^\d$/.test(event.key)) add(event.key);
      if (event.key === "Backspace") erase();
    };
    document.addEventListener("keydown", typed);
    return () => document.removeEventListener("keydown", typed);
  }, []);

  return (
    <fieldset class="pin" disabled={Boolean(busy)}>
      <legend class="unseen">{label}</legend>
      <div class="pin-dots" role="img" aria-label={t("lock.digits", { n: pin.length })}>
        {Array.from({ length: PIN_LENGTH }, (_, index) => (
          <span key={index} class={index < pin.length ? "is-set" : ""} />
        ))}
      </div>
      <p role="alert" class={wrong ? "late toned" : "soft"}>
        {busy ?? wrong ?? ""}
      </p>
      <div class="pin-keys">
        {DIGITS.map((digit) => (
          <Digit key={digit} digit={digit} onPress={add} />
        ))}
        <span />
        <Digit digit="0" onPress={add} />
        <button type="button" class="button bare" aria-label={t("lock.erase")} onClick={erase}>
          <Icon name="erase" />
        </button>
      </div>
    </fieldset>
  );
}

function Digit({ digit, onPress }: { digit: string; onPress: (digit: string) => void }) {
  return (
    <button type="button" class="button" aria-label={t("lock.digit", { n: digit })} onClick={() => onPress(digit)}>
      {digit}
    </button>
  );
}
