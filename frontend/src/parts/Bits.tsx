import type { ComponentChildren } from "preact";
import { t } from "../words";
import { Icon, type IconName } from "./Icon";

/** State as colour, word and picture. */
export function Chip({ tone, icon, children }: { tone: string; icon: IconName; children: ComponentChildren }) {
  return (
    <span class={`chip ${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

/** An empty place says what to do next. */
export function Empty({ title, next, children }: { title: string; next?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name="empty" />
      <h2>{title}</h2>
      {next && <p>{next}</p>}
      {children}
    </div>
  );
}

export type Dot = "done" | "wrong" | "open";

/** How far a row of steps is; readers hear it as one sentence. */
export function Dots({ dots, here }: { dots: Dot[]; here: number }) {
  return (
    <div role="img" aria-label={t("order.steps", { n: Math.min(here + 1, dots.length), of: dots.length })}>
      <ul class="dots" aria-hidden="true">
        {dots.map((dot, index) => (
          <li key={index} class={`is-${dot} ${index === here ? "is-here" : ""}`} />
        ))}
      </ul>
    </div>
  );
}

/** The main buttons of a screen, above the bar and in reach of the thumb. */
export function Dock({ children }: { children: ComponentChildren }) {
  return (
    <div class="dock">
      <div class="dock-inside">{children}</div>
    </div>
  );
}
