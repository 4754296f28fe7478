import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./Icon";
import { showMistakes } from "./mistakes";
import { useTapped } from "./tapped";

interface ButtonProps {
  children: ComponentChildren;
  /** What it does; while a promise of it is open, a second tap does nothing. */
  onPress: () => unknown;
  look?: "main-action" | "danger" | "plain" | "bare" | "";
  icon?: IconName;
  wide?: boolean;
  more?: string;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  label?: string;
}

export function Button(props: ButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  const isMain = props.look === "main-action";
  const [busy, press] = useOnce(async () => {
    await props.onPress();
    if (isMain) showMistakes(element.current);
  });
  return (
    <button
      ref={element}
      type="button"
      class={`button ${props.look ?? ""} ${props.wide ? "wide" : ""} ${props.more ?? ""}`.trim()}
      disabled={props.disabled}
      aria-busy={busy}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      onClick={press}
    >
      {props.icon && <Icon name={props.icon} />}
      {props.children}
    </button>
  );
}

/** A gloved thumb taps twice: the second tap waits for the first. */
export function useOnce(doIt: () => unknown): [boolean, () => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const tapped = useTapped();
  const press = async () => {
    if (busy) return;
    tapped();
    setBusy(true);
    try {
      await doIt();
    } finally {
      setBusy(false);
    }
  };
  return [busy, press];
}
