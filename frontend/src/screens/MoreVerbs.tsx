import { useState } from "preact/hooks";
import type { ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { useHere } from "../parts/field";
import { type Key, t } from "../words";
import { HandOverSheet } from "./HandOverSheet";
import { Link } from "./Link";
import { PauseSheet } from "./PauseSheet";
import { orderPath } from "./route";
import { isOpen, isOverdue } from "./rules/status";

/** What else can be done with an order now; what is not allowed is not there. */
export function MoreVerbs({ shown, finding = "act.finding" }: { shown: ShownOrder; finding?: Key }) {
  const { order, ref } = shown;
  const act = useAct();
  const here = useHere(order.estate);
  const [sheet, setSheet] = useState<"pause" | "hand_over" | null>(null);
  if (!isOpen(order)) return null;
  const may = (verb: string) => order.allowed_verbs.includes(verb);
  return (
    <div class="line staff-only">
      <Link to={orderPath(ref, "report")} class="button">
        {t(finding)}
      </Link>
      {may("pause") && order.state !== "paused" && (
        <Button icon="paused" onPress={() => setSheet("pause")}>
          {t("act.pause")}
        </Button>
      )}
      {shown.mine && (
        <Button icon="hand_over" onPress={() => setSheet("hand_over")}>
          {t("act.hand_over")}
        </Button>
      )}
      {may("acknowledge") && isOverdue(order, here.now) && (
        <Button onPress={() => act(ref, "acknowledge", {})}>{t("act.acknowledge")}</Button>
      )}
      {sheet === "pause" && <PauseSheet at={ref} onClose={() => setSheet(null)} />}
      {sheet === "hand_over" && <HandOverSheet at={ref} onClose={() => setSheet(null)} />}
    </div>
  );
}
