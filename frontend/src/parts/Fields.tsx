import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../words";
import { Button, useOnce } from "./Button";
import { Icon } from "./Icon";

interface TextProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  wrong?: string | null;
  long?: boolean;
  kind?: "text" | "search";
  mode?: "text" | "decimal";
  max?: number;
  suggestions?: string[];
}

/** A labelled field; its mistake stands under it and is read with it. */
export function TextField(props: TextProps) {
  const id = useId();
  const shared = {
    id,
    class: "input",
    value: props.value,
    maxLength: props.max ?? 2000,
    "aria-invalid": props.wrong ? true : undefined,
    "aria-describedby": `${id}-more`,
    onInput: (event: { currentTarget: { value: string } }) => props.onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.long ? (
        <textarea {...shared} rows={3} />
      ) : (
        <input
          {...shared}
          type={props.kind ?? "text"}
          inputMode={props.mode}
          autocomplete="off"
          list={props.suggestions && `${id}-list`}
        />
      )}
      {props.suggestions && (
        <datalist id={`${id}-list`}>
          {props.suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      <Beneath id={`${id}-more`} hint={props.hint} wrong={props.wrong} />
    </div>
  );
}

function Beneath({ id, hint, wrong }: { id: string; hint?: string; wrong?: string | null }) {
  return (
    <div id={id}>
      {hint && !wrong && <p class="hint">{hint}</p>}
      {wrong && (
        <p class="wrong" role="alert">
          <Icon name="late" />
          {wrong}
        </p>
      )}
    </div>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  options: { value: T; words: ComponentChildren; tone?: string }[];
  value: T | null;
  /** A promise of it is waited for, as a button does. */
  onChoose: (value: T) => unknown;
  hint?: string;
  wrong?: string | null;
  look?: "two" | "two large";
  hideLabel?: boolean;
}

/** One of a few, as large buttons; arrow keys are not needed because every one is reached by Tab. */
export function Choices<T extends string>(props: ChoicesProps<T>) {
  const id = useId();
  return (
    <fieldset class="field" aria-describedby={`${id}-more`}>
      <legend class={props.hideLabel ? "unseen" : "label"}>{props.label}</legend>
      <div class={`choices ${props.look ?? ""}`}>
        {props.options.map((each) => (
          <Choice
            key={each.value}
            words={each.words}
            tone={each.tone}
            chosen={props.value === each.value}
            onPress={() => props.onChoose(each.value)}
          />
        ))}
      </div>
      <Beneath id={`${id}-more`} hint={props.hint} wrong={props.wrong} />
    </fieldset>
  );
}

interface ChoiceProps {
  words: ComponentChildren;
  tone?: string;
  chosen: boolean;
  onPress: () => unknown;
}

function Choice({ words, tone, chosen, onPress }: ChoiceProps) {
  const [busy, press] = useOnce(onPress);
  return (
    <button type="button" class={`choice ${tone ?? ""}`} aria-pressed={chosen} aria-busy={busy} onClick={press}>
      {words}
    </button>
  );
}

interface StepperProps {
  label: string;
  value: number;
  least?: number;
  most?: number;
  onChange: (value: number) => void;
}

/** A small whole number, by two large buttons. */
export function Stepper({ label, value, least = 0, most = 999, onChange }: StepperProps) {
  return (
    <fieldset class="stepper" aria-label={label}>
      <Button
        look="bare"
        icon="minus"
        label={`${label} ${t("do.less")}`}
        disabled={value <= least}
        onPress={() => onChange(value - 1)}
      >
        {null}
      </Button>
      <output>{value}</output>
      <Button
        look="bare"
        icon="plus"
        label={`${label} ${t("do.plus")}`}
        disabled={value >= most}
        onPress={() => onChange(value + 1)}
      >
        {null}
      </Button>
    </fieldset>
  );
}
