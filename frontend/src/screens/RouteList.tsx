import { useState } from "preact/hooks";
import type { Checkpoint, ShownOrder } from "../field/contract";
import { ownScan, type Unusual, unusual } from "../field/scans";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { Icon, type IconName } from "../parts/Icon";
import { Pictures } from "../parts/Photos";
import { clockTime, type Here } from "../parts/when";
import { type Key, say, t } from "../words";
import { type PointState, pointState, unphotographed } from "./rules/patrol";
import { TakeBackSheet } from "./TakeBackSheet";

const LOOKS: Record<PointState, { tone: string; icon: IconName }> = {
  done: { tone: "done", icon: "check" },
  missed: { tone: "missed", icon: "missed" },
  late: { tone: "late", icon: "late" },
  next: { tone: "open", icon: "chevron" },
  pending: { tone: "", icon: "open" },
};

/** The route from above to below: what was reached and how, what is left and when. */
export function RouteList({ shown, onPhoto }: { shown: ShownOrder; onPhoto: (point: Checkpoint) => void }) {
  const { order, ref } = shown;
  const here = useHere(order.estate);
  const me = useField().person.value?.code ?? "";
  const [wrong, setWrong] = useState<Checkpoint | null>(null);
  const marks = unusual(order.checkpoints, order.photos);
  const missing = order.allowed_verbs.includes("photograph") ? unphotographed(order, here.now) : [];
  const may = order.allowed_verbs.includes("take_back");
  return (
    <>
      <ol class="route">
        {order.checkpoints.map((point, index) => (
          <Stop
            key={point.code}
            point={point}
            number={index + 1}
            points={order.checkpoints}
            here={here}
            marks={marks.get(point.code) ?? []}
            photos={order.photos.filter((each) => each.checkpoint === point.code).map((each) => each.hash)}
            onPhoto={missing.includes(point) ? () => onPhoto(point) : undefined}
            onWrong={may && ownScan(point, me) ? () => setWrong(point) : undefined}
          />
        ))}
      </ol>
      {wrong && <TakeBackSheet at={ref} point={wrong} onClose={() => setWrong(null)} />}
    </>
  );
}

interface StopProps {
  point: Checkpoint;
  number: number;
  points: Checkpoint[];
  here: Here;
  marks: Unusual[];
  photos: string[];
  onPhoto: (() => void) | undefined;
  onWrong: (() => void) | undefined;
}

function Stop({ point, number, points, here, marks, photos, onPhoto, onWrong }: StopProps) {
  const state = pointState(point, points, here.now);
  const { tone, icon } = LOOKS[state];
  const beside = point.others?.length ?? 0;
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
          {marks.map((mark) => ` · ${t(`patrol.${mark}_mark`)}`)}
          {beside > 0 && ` · ${t("patrol.beside", { n: beside })}`}
          {point.place && ` · ${point.place}`}
          {point.photo_required && !point.at && ` · ${t("patrol.photo_mark")}`}
        </p>
        {photos.length > 0 && (
          <div class="photos">
            <Pictures hashes={photos} name={say(point.name)} />
          </div>
        )}
        {onPhoto && (
          <Button icon="camera" label={t("patrol.photo_do_at", { name: say(point.name) })} onPress={onPhoto}>
            {t("patrol.photo_do")}
          </Button>
        )}
        {onWrong && (
          <Button
            look="plain"
            more="staff-only"
            label={t("patrol.wrong_at", { name: say(point.name) })}
            onPress={onWrong}
          >
            {t("patrol.wrong")}
          </Button>
        )}
      </div>
    </li>
  );
}
