import { useEffect, useState } from "preact/hooks";
import type { Checkpoint, FieldOrder, FloorPlan as Plan } from "../field/contract";
import { useField, useHere } from "../parts/field";
import { say, t } from "../words";
import { nextPoint, type PointState, pointState } from "./rules/patrol";

/** The floor plan that the next point is on, with the points of this round; nothing where it is on none. */
export function FloorPlan({ order }: { order: FieldOrder }) {
  const field = useField();
  const next = nextPoint(order.checkpoints);
  const plan = field.reference.value.floor_plans.find((each) => each.code === next?.floor_plan);
  const url = usePicture(plan?.picture);
  if (!plan || !next || !url) return null;
  const label = t("plan.label", { name: say(plan.name), next: say(next.name) });
  return (
    <figure class="floor-plan">
      <svg viewBox={`0 0 ${plan.width} ${plan.height}`} role="img" aria-label={label}>
        <image href={url} width={plan.width} height={plan.height} />
        <Spots order={order} plan={plan} />
      </svg>
      <figcaption class="small soft">{label}</figcaption>
    </figure>
  );
}

/** The next one is drawn last, over the others. */
function Spots({ order, plan }: { order: FieldOrder; plan: Plan }) {
  const { now } = useHere(order.estate);
  const points = order.checkpoints;
  const next = nextPoint(points);
  const here = points.filter((each) => each.floor_plan === plan.code && each.plan_x != null && each.plan_y != null);
  const last = [...here.filter((each) => each !== next), ...here.filter((each) => each === next)];
  return (
    <>
      {last.map((each) => (
        <Spot
          key={each.code}
          point={each}
          number={points.indexOf(each) + 1}
          plan={plan}
          state={each === next ? "next" : pointState(each, points, now)}
        />
      ))}
    </>
  );
}

interface SpotProps {
  point: Checkpoint;
  number: number;
  plan: Plan;
  state: PointState;
}

function Spot({ point, number, plan, state }: SpotProps) {
  const [x, y] = [(point.plan_x ?? 0) * plan.width, (point.plan_y ?? 0) * plan.height];
  const isNext = state === "next";
  const radius = plan.width * (isNext ? 0.035 : 0.026);
  return (
    <g class={`spot ${state}`}>
      <circle cx={x} cy={y} r={radius} stroke-width={radius / 6} />
      <text x={x} y={y} dy=".35em" font-size={radius * 1.1}>
        {state === "done" ? "✓" : number}
      </text>
      {isNext && <Label point={point} plan={plan} x={x} y={y} radius={radius} />}
    </g>
  );
}

/** The name beside the next point, on the side where there is room. */
function Label({ point, plan, x, y, radius }: { point: Checkpoint; plan: Plan; x: number; y: number; radius: number }) {
  const isRight = x > plan.width / 2;
  const beside = isRight ? x - radius * 1.4 : x + radius * 1.4;
  return (
    <text class={`spot-name ${isRight ? "before" : "after"}`} x={beside} y={y} dy=".35em" font-size={radius * 1.3}>
      {say(point.name)}
    </text>
  );
}

function usePicture(hash: string | undefined): string | null {
  const field = useField();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    setUrl(null);
    if (hash) {
      field.photoUrl(hash).then((found) => {
        if (!gone) setUrl(found);
      });
    }
    return () => {
      gone = true;
    };
  }, [hash]);
  return url;
}
