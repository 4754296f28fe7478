import type { Checkpoint, FieldOrder } from "../field/contract";
import { Chip } from "../parts/Bits";
import { useHere } from "../parts/field";
import { Icon, type IconName } from "../parts/Icon";
import { clockTime, type Here } from "../parts/when";
import { type Key, say, t } from "../words";
import { type PointState, pointState } from "./rules/patrol";

const LOOKS: Record<PointState, { tone: string; icon: IconName }> = {
  done: { tone: "done", icon: "check" },
  missed: { tone: "missed", icon: "missed" },
  late: { tone: "late", icon: "late" },
  next: { tone: "open", icon: "chevron" },
  pending: { tone: "", icon: "open" },
};

/** The route from above to below: what was reached and how, what is left and when. */
export function RouteList({ order }: { order: FieldOrder }) {
  const here = useHere(order.estate);
  return (
    <ol class="route">
      {order.checkpoints.map((point, index) => (
        <Stop key={point.code} point={point} number={index + 1} points={order.checkpoints} here={here} />
      ))}
    </ol>
  );
}

interface StopProps {
  point: Checkpoint;
  number: number;
  points: Checkpoint[];
  here: Here;
}

function Stop({ point, number, points, here }: StopProps) {
  const state = pointState(point, points, here.now);
  const { tone, icon } = LOOKS[state];
  const isOutside = point.at !== null && new Date(point.at) > new Date(point.closes_at);
  return (
    <li class={`stop ${tone}`}>
      <span class="stop-mark" aria-hidden="true">
        {state === "done" || state === "missed" ? <Icon name={icon} /> : number}
      </span>
      <div>
        <p class="line">
          <strong>{say(point.name)}</strong>
          {state !== "pending" && (
            <Chip tone={tone} icon={icon}>
              {t(`point.${state}` as Key)}
            </Chip>
          )}
        </p>
        <p class="small soft">
          {point.at
            ? t("patrol.done_at", { time: clockTime(point.at, here.zone) })
            : t("patrol.window", {
                from: clockTime(point.opens_at, here.zone),
                to: clockTime(point.closes_at, here.zone),
              })}
          {point.method === "typed" && ` · ${t("patrol.typed_mark")}`}
          {isOutside && ` · ${t("patrol.late_mark")}`}
          {point.place && ` · ${point.place}`}
        </p>
      </div>
    </li>
  );
}
