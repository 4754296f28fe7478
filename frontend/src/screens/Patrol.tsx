import { Empty } from "../parts/Bits";
import { useField } from "../parts/field";
import { t } from "../words";
import { Page } from "./Frame";
import { Link } from "./Link";
import { Round } from "./Round";
import { openRounds } from "./rules/patrol";
import { Row } from "./Today";

/** The round that runs; before one runs, those that can be begun. */
export function Patrol() {
  const rounds = openRounds(useField().orders.value.filter((each) => each.mine || !each.order.assignee));
  const running = rounds.filter(({ order }) => order.state === "in_progress");
  const only = running.length === 1 ? running[0] : undefined;
  if (only) return <Round at={only.ref} isTab />;
  return (
    <Page title={t("patrol.title")}>
      {rounds.length === 0 ? (
        <Empty title={t("patrol.none")} next={t("patrol.none_next")}>
          <Link to="/report" class="button">
            {t("patrol.anything")}
          </Link>
        </Empty>
      ) : (
        <section class="stack">
          <h2 class="soft">{t("patrol.choose")}</h2>
          <ul class="rows">
            {rounds.map((shown) => (
              <Row key={`${shown.ref.estate}/${shown.ref.key}`} shown={shown} />
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}
