import type { Direction, Shift } from "../field/contract";
import { useAct } from "../parts/acting";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { clockTime, moment } from "../parts/when";
import { t } from "../words";
import { clockedAt, shiftsAt } from "./rules/duty";

const SHOWN = 4;

/** Am I on duty, when am I next, and: I am here. */
export function Duty() {
  const field = useField();
  const act = useAct();
  const here = useHere();
  const { attendance } = field.reference.value;
  const { current, next } = shiftsAt(attendance, here.now);
  const clocked = clockedAt(attendance, field.entries.value);
  const coming: Direction = clocked?.direction === "in" ? "out" : "in";
  const estate = (current ?? next[0])?.estate ?? field.person.value?.estates[0]?.code;
  return (
    <section class="card stack tight">
      <h2>{t("duty.title")}</h2>
      <p>
        <Chip tone={current ? "done" : "paused"} icon={current ? "check" : "clock"}>
          {current ? t("duty.on", { until: moment(current.end, here) }) : t("duty.off")}
        </Chip>
      </p>
      {clocked && <p class="soft">{t(`duty.clocked_${clocked.direction}`, { at: moment(clocked.at, here) })}</p>}
      <div>
        <Button
          icon={coming === "in" ? "check" : "lock"}
          onPress={() => act(null, "clock", { direction: coming, estate })}
        >
          {t(`duty.${coming}`)}
        </Button>
      </div>
      <h3>{next.length ? t("duty.next") : t("duty.none")}</h3>
      <ul class="stack tight">
        {next.slice(0, SHOWN).map((each) => (
          <li key={each.start}>{spanOf(each, here)}</li>
        ))}
      </ul>
    </section>
  );
}

const spanOf = ({ start, end }: Shift, here: ReturnType<typeof useHere>): string =>
  `${moment(start, here)}–${clockTime(end, here.zone)}`;
