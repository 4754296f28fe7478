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

/** How far a row of steps is: every dot says which step it is and how it stands. */
export function Dots({ dots, here, names }: { dots: Dot[]; here: number; names: string[] }) {
  return (
    <ol class="dots" aria-label={t("order.steps", { n: Math.min(here + 1, dots.length), of: dots.length })}>
      {dots.map((dot, index) => {
        const words = `${names[index] ?? index + 1}：${t(`dot.${dot}`)}`;
        return (
          <li
            key={index}
            class={`is-${dot} ${index === here ? "is-here" : ""}`}
            title={words}
            aria-current={index === here ? "step" : undefined}
          >
            <span class="unseen">{words}</span>
          </li>
        );
      })}
    </ol>
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
