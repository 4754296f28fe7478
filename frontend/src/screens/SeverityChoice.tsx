import type { Severity } from "../field/contract";
import { Choices } from "../parts/Fields";
import { type Key, t } from "../words";

const SEVERITIES: Severity[] = ["low", "normal", "high"];

export function SeverityChoice({ value, onChoose }: { value: Severity; onChoose: (value: Severity) => void }) {
  return (
    <Choices
      label={t("report.severity")}
      options={SEVERITIES.map((each) => ({
        value: each,
        words: t(`severity.${each}` as Key),
        tone: each === "high" ? "late" : "",
      }))}
      value={value}
      onChoose={onChoose}
    />
  );
}
