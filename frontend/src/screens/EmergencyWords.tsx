import type { FieldOrder } from "../field/contract";
import { t } from "../words";
import { useColleagueName } from "./Facts";

/** What is known of the emergency: the words of who has started it, on every step. */
export function EmergencyWords({ order: { incident } }: { order: FieldOrder }) {
  const name = useColleagueName(incident?.started_by ?? null);
  if (!incident) return null;
  return (
    <section class="card toned-edge late stack tight">
      <p class="small soft">{[incident.number, name && t("alarm.by", { name })].filter(Boolean).join(" · ")}</p>
      <p class="long">
        <strong>{incident.words || t("alarm.no_words")}</strong>
      </p>
    </section>
  );
}
