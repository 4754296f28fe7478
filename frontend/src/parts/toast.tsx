import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";

interface Message {
  id: number;
  text: string;
  bad: boolean;
}

const SHOWN_MS = 4000;
const messages = signal<Message[]>([]);
let count = 0;

/** Says a short sentence over the title and to screen readers; `bad` ones stay twice as long. */
export function tell(text: string, bad = false): void {
  const id = ++count;
  messages.value = [{ id, text, bad }];
  setTimeout(
    () => {
      messages.value = messages.value.filter((each) => each.id !== id);
    },
    bad ? 2 * SHOWN_MS : SHOWN_MS,
  );
}

/**
 * The live region must stand before the first message, else readers do not hear it. It is a popover so that it stands over
 * a sheet that is open: the browser shows last what was put up last.
 */
export function Toasts() {
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = region.current;
    if (!element?.showPopover) return;
    if (element.matches(":popover-open") && document.querySelector("dialog[open]")) element.hidePopover();
    if (!element.matches(":popover-open")) element.showPopover();
  }, [messages.value]);
  return (
    <div ref={region} popover="manual" class="toasts" role="status" aria-live="polite">
      {messages.value.map((each) => (
        <p key={each.id} class="toast">
          <Icon name={each.bad ? "late" : "check"} />
          {each.text}
        </p>
      ))}
    </div>
  );
}
