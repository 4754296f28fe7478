import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../parts/Button";
import { useField } from "../parts/field";
import { Icon, type IconName } from "../parts/Icon";
import { type Key, t } from "../words";
import { Banners } from "./Banners";
import { Link } from "./Link";
import { back, type Route, route } from "./route";

interface PageProps {
  title: string;
  /** Pages of the bar have no way back. */
  inside?: boolean;
  children: ComponentChildren;
}

/** A page: its title gets the focus when it is opened, so that readers hear where they are. */
export function Page({ title, inside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
  return (
    <>
      <header class="head">
        {inside && (
          <Button look="bare" icon="back" label={t("nav.back")} onPress={back}>
            {null}
          </Button>
        )}
        <div class="head-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
        </div>
        {route.value.page !== "help" && (
          <Link to="/help" class="button help-link" label={t("help.title")}>
            <Icon name="help" />
            {t("help.short")}
          </Link>
        )}
      </header>
      <Banners />
      <main class="main" id="content">
        {children}
      </main>
    </>
  );
}

const TABS: { page: Route["page"]; to: string; icon: IconName; words: Key }[] = [
  { page: "today", to: "/", icon: "today", words: "nav.today" },
  { page: "patrol", to: "/patrol", icon: "patrol", words: "nav.patrol" },
  { page: "report", to: "/report", icon: "report", words: "nav.report" },
  { page: "pending", to: "/pending", icon: "pending", words: "nav.pending" },
  { page: "me", to: "/me", icon: "me", words: "nav.me" },
];

/** Which tab a page belongs to. */
const HOME: Partial<Record<Route["page"], Route["page"]>> = {
  order: "today",
  checklist: "today",
  round: "patrol",
  report_from: "report",
  report_at: "report",
  handover: "me",
  place: "today",
  gate: "today",
  help: "today",
};

export function Bar() {
  const unsent = useField().entries.value.length;
  const here = HOME[route.value.page] ?? route.value.page;
  return (
    <nav class="bar" aria-label={t("nav.label")}>
      {TABS.map(({ page, to, icon, words }) => (
        <Link key={page} to={to} current={here === page} class={page === "pending" && unsent ? "some" : ""}>
          <Icon name={icon} />
          {page === "pending" && unsent ? t("nav.pending_n", { n: unsent }) : t(words)}
        </Link>
      ))}
    </nav>
  );
}
