import { signal } from "@preact/signals";
import { Icon } from "./Icon";

interface Message {
  id: number;
  text: string;
  bad: boolean;
}

const SHOWN_MS = 4000;
const messages = signal<Message[]>([]);
let count = 0;

/** Says a short sentence at the lower edge and to screen readers; `bad` ones stay twice as long. */
export function tell(text: string, bad = false): void {
  const id = ++count;
  messages.value = [...messages.value.slice(-1), { id, text, bad }];
  setTimeout(
    () => {
      messages.value = messages.value.filter((each) => each.id !== id);
    },
    bad ? 2 * SHOWN_MS : SHOWN_MS,
  );
}

/** The live region must stand before the first message, else readers do not hear it. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {messages.value.map((each) => (
        <p key={each.id} class="toast">
          <Icon name={each.bad ? "late" : "check"} />
          {each.text}
        </p>
      ))}
    </div>
  );
}
