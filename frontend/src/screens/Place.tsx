import type { PlaceRow, PlaceTold, ShownOrder } from "../field/contract";
import { Dock } from "../parts/Bits";
import { useField, useHere } from "../parts/field";
import { Icon } from "../parts/Icon";
import { moment } from "../parts/when";
import { say, t, word } from "../words";
import { type Asked, useAsked } from "./asking";
import { Page } from "./Frame";
import { Link } from "./Link";
import { reportAtPath } from "./route";
import { spotOf, workAt } from "./rules/places";
import { Row } from "./Today";

/** What stands behind a code on a wall: what it is, what is open there, what was there – and the report, begun. */
export function Place({ code }: { code: string }) {
  const field = useField();
  const orders = field.orders.value;
  const asked = useAsked(() => field.placeAt(code), code);
  const told = asked.is === "told" ? asked.told : null;
  const spot = spotOf(told?.place.code ?? code, orders, field.reference.value.places);
  const here = spot ? workAt(spot, orders) : [];
  const name = told ? told.place.place : spot?.name;
  const estate = told?.place.estate ?? spot?.estate ?? field.person.value?.estates[0]?.code;
  return (
    <Page title={told ? say(told.place.name) : (name ?? bare(code))} inside>
      <div class="stack">
        <p class="soft">{[...kindOf(told, spot?.kind), estateName(field.person.value?.estates, estate)].join(" · ")}</p>
        <State asked={asked} known={spot !== null} />
        <Mine orders={here} />
        {told && <Told told={told} here={here} />}
      </div>
      {name && estate && (
        <Dock>
          <Link to={reportAtPath(estate, name)} class="button main-action wide">
            <Icon name="report" />
            {t("place.report")}
          </Link>
        </Dock>
      )}
    </Page>
  );
}

/** What people read of a code that the tablet does not know. */
const bare = (code: string): string => code.split(":").at(-1) || code;

function kindOf(told: PlaceTold | null, kind: string | undefined): string[] {
  const words = told?.place.kind ?? kind;
  return [words ? word("spot", words) : "", say(told?.place.within)].filter(Boolean);
}

const estateName = (estates: { code: string; name: Parameters<typeof say>[0] }[] = [], code: string | undefined) =>
  say(estates.find((each) => each.code === code)?.name);

/** Why less is shown than there is. */
function State({ asked, known }: { asked: Asked<PlaceTold>; known: boolean }) {
  if (asked.is === "told") return null;
  if (asked.is === "asking") return <p role="status">{t("place.asking")}</p>;
  return (
    <div class="card toned-edge soon stack tight" role="status">
      {!known && <p class="toned soon">{t("place.unknown")}</p>}
      <p>{asked.is === "offline" ? t("place.offline") : t("place.refused", { why: asked.why })}</p>
    </div>
  );
}

function Mine({ orders }: { orders: ShownOrder[] }) {
  if (orders.length === 0) return <p class="soft">{t("place.none_here")}</p>;
  return (
    <section class="stack tight">
      <h2 class="group-head">{t("place.mine", { n: orders.length })}</h2>
      <ul class="rows">
        {orders.map((each) => (
          <Row key={`${each.ref.estate}/${each.ref.key}`} shown={each} />
        ))}
      </ul>
    </section>
  );
}

/** What only the server knows; what stands on this tablet stands above already. */
function Told({ told, here }: { told: PlaceTold; here: ShownOrder[] }) {
  const mine = new Set(here.map((each) => each.ref.key));
  const others = told.open.filter((each) => each.key === null || !mine.has(each.key));
  return (
    <>
      <section class="card">
        <h2>{others.length ? t("place.open", { n: others.length }) : t("place.nothing_open")}</h2>
        <Facts rows={others} estate={told.place.estate} open />
        {!told.requests_shown && <p class="small soft">{t("place.no_requests")}</p>}
      </section>
      <section class="card">
        <h2>{told.history.length ? t("place.history", { n: told.history.length }) : t("place.nothing")}</h2>
        <Facts rows={told.history} estate={told.place.estate} />
      </section>
    </>
  );
}

function Facts({ rows, estate, open = false }: { rows: PlaceRow[]; estate: string; open?: boolean }) {
  const here = useHere(estate);
  const when = (at: string) => (open ? t("place.due", { moment: moment(at, here) }) : moment(at, here));
  return (
    <ul>
      {rows.map((row) => (
        <li key={`${row.what}/${row.number}`} class="facts-row">
          <span>{say(row.title)}</span>
          <span class="row-facts">
            <span>{row.at && when(row.at)}</span>
            <strong class={row.state === "missed" ? "late toned" : ""}>{say(row.state_words)}</strong>
            <span>{row.what === "work" ? word("kind", row.kind ?? "") : word("what", row.what)}</span>
            {row.by && <span>{say(row.by)}</span>}
            <span>{row.number}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
