import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Field } from "../field/contract";
import { ShareField, share, useField } from "../parts/field";
import { showSettings } from "../parts/settings";
import { Toasts } from "../parts/toast";
import "../styles/index.css";
import { t } from "../words";
import { Alarm } from "./Alarm";
import { Checklist } from "./Checklist";
import { Enrol } from "./Enrol";
import { Bar } from "./Frame";
import { Gate } from "./Gate";
import { Handover } from "./Handover";
import { Help } from "./Help";
import { Lock } from "./Lock";
import { Me } from "./Me";
import { Order } from "./Order";
import { Patrol } from "./Patrol";
import { Pending } from "./Pending";
import { Place } from "./Place";
import { Report } from "./Report";
import { Round } from "./Round";
import { followAddress, type Route, route } from "./route";
import { Today } from "./Today";
import { Held, Starting, Unsupported, Wiped } from "./Welcome";

/** The whole app: which screen is shown, by phase and address. */
export function App({ field }: { field: Field }) {
  // Before anything is drawn: a dark page must not begin with a flash of white.
  const [shared] = useState(() => {
    showSettings();
    return share(field);
  });
  useEffect(() => {
    const timer = setInterval(shared.tick, 1000);
    const stop = followAddress();
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return (
    <ShareField value={shared}>
      <Stage />
      <Toasts />
    </ShareField>
  );
}

function Stage() {
  switch (useField().phase.value) {
    case "starting":
      return <Starting />;
    case "held":
      return <Held />;
    case "unsupported":
      return <Unsupported />;
    case "wiped":
      return <Wiped />;
    case "enrol":
      return <Enrol />;
    case "locked":
      return <Lock />;
    case "open":
      return (
        <div class="app">
          <a class="unseen skip" href="#content">
            {t("nav.skip")}
          </a>
          <Alarm />
          {screenOf(route.value)}
          <Bar />
        </div>
      );
  }
}

function keyOf(here: Route): string {
  if ("ref" in here) return `${here.page}/${here.ref.estate}/${here.ref.key}`;
  return "code" in here ? `${here.page}/${here.code}` : here.page;
}

/** The key makes a new page of every order, so that nothing entered for one shows in another. */
function screenOf(here: Route): ComponentChildren {
  const key = keyOf(here);
  switch (here.page) {
    case "patrol":
      return <Patrol key={key} />;
    case "report":
      return <Report key={key} from={null} />;
    case "report_from":
      return <Report key={key} from={here.ref} />;
    case "report_at":
      return <Report key={key} from={null} there={here} />;
    case "place":
      return <Place key={key} code={here.code} />;
    case "gate":
      return <Gate key={key} />;
    case "pending":
      return <Pending key={key} />;
    case "me":
      return <Me key={key} />;
    case "handover":
      return <Handover key={key} />;
    case "help":
      return <Help key={key} />;
    case "order":
      return <Order key={key} at={here.ref} />;
    case "checklist":
      return <Checklist key={key} at={here.ref} />;
    case "round":
      return <Round key={key} at={here.ref} />;
    default:
      return <Today key={key} />;
  }
}
