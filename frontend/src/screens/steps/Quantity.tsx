import { useState } from "preact/hooks";
import { Button } from "../../parts/Button";
import { Stepper } from "../../parts/Fields";
import { t } from "../../words";
import { MOST, quantityOf } from "../rules/money";

interface QuantityProps {
  label: string;
  value: number;
  unit: string;
  divisible: boolean;
  onChange: (quantity: number) => void;
}

/** How much of a line: pieces are counted by buttons, what is measured may be typed to the hundredth. */
export function Quantity(props: QuantityProps) {
  if (!props.divisible)
    return <Stepper label={props.label} value={props.value} most={MOST} onChange={props.onChange} />;
  return <Measured {...props} />;
}

const hundredths = (quantity: number): number => Math.round(quantity * 100) / 100;

function Measured({ label, value, unit, onChange }: QuantityProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && !quantityOf(typed, true);
  const type = (text: string) => {
    setTyped(text);
    const quantity = quantityOf(text, true);
    // Nothing at all is on the way to another number; the line goes by its button.
    if (quantity) onChange(quantity);
  };
  const step = (by: number) => {
    setTyped(null);
    onChange(Math.min(MOST, Math.max(0, hundredths(value + by))));
  };
  return (
    <fieldset class="stepper" aria-label={label}>
      <Button look="bare" icon="minus" label={`${label} ${t("do.less")}`} onPress={() => step(-1)}>
        {null}
      </Button>
      <input
        class="quantity"
        inputMode="decimal"
        autocomplete="off"
        maxLength={7}
        aria-label={t("repair.quantity", { name: label, unit })}
        aria-invalid={wrong ? true : undefined}
        value={typed ?? String(value)}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => setTyped(null)}
      />
      <Button look="bare" icon="plus" label={`${label} ${t("do.plus")}`} onPress={() => step(1)}>
        {null}
      </Button>
    </fieldset>
  );
}
