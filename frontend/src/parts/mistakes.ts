import { t } from "../words";
import { tell } from "./toast";

/** Where a form says what is wrong with it (`parts/Fields.tsx`, `Photos`, `Signature`). */
const WRONG = "[role=alert].wrong";
const CONTROL = "input, textarea, button, canvas";

/**
 * After the main button of a form was pressed: what it says is wrong may stand below the fold. Brings the first of it into
 * view and under the fingers, and names all of it.
 */
export function showMistakes(from: Element | null): void {
  const form = from?.closest("dialog, main");
  // By the clock, not by the frame: a page that is busy or out of sight has none, and the words must not wait.
  setTimeout(() => {
    const fields = [...(form?.querySelectorAll(WRONG) ?? [])].map((each) => each.closest(".field") ?? each);
    const [first] = fields;
    if (!first) return;
    first.scrollIntoView({ block: "center" });
    first.querySelector<HTMLElement>(CONTROL)?.focus({ preventScroll: true });
    tell(t("form.wrong", { names: fields.map(nameOf).filter(Boolean).join("、") }), true);
  });
}

const nameOf = (field: Element): string => field.querySelector("label, legend, .label")?.textContent?.trim() ?? "";
