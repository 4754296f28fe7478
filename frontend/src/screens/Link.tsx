import type { ComponentChildren } from "preact";
import { useTapped } from "../parts/tapped";
import { go, href } from "./route";

interface LinkProps {
  to: string;
  class?: string;
  current?: boolean;
  label?: string;
  children: ComponentChildren;
}

/** A real link, so that it can be reached by Tab and opened by a reader; followed without loading the page anew. */
export function Link({ to, class: look, current, label, children }: LinkProps) {
  const tapped = useTapped();
  return (
    <a
      class={look}
      href={href(to)}
      aria-current={current ? "page" : undefined}
      aria-label={label}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        tapped();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
