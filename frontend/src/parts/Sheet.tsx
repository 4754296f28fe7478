import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words";
import { Button } from "./Button";
import { shieldFromLastTap } from "./tapped";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  actions?: ComponentChildren;
}

/** A dialog over the screen. The browser's own keeps the focus inside, closes on Escape and gives the focus back. */
export function Sheet({ title, onClose, children, actions }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before the browser paints: a passive effect ends a frame after the dialog is gone, and a key pressed then hits nothing.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    shieldFromLastTap();
    return () => {
      dialog.current?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="sheet-head">
        <h2 id={heading}>{title}</h2>
        <Button look="bare" icon="close" label={t("do.close")} onPress={onClose}>
          {null}
        </Button>
      </div>
      {children}
      {actions && <div class="sheet-actions">{actions}</div>}
    </dialog>
  );
}
