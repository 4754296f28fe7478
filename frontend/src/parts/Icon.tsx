/** Line pictures on a 24-pixel grid, drawn by hand for Anju; never the only carrier of meaning. */
const PATHS = {
  today: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5l3.2 2",
  patrol: "M12 3.5 19 6v6c0 4.5-3 7-7 8.5C8 19 5 16.5 5 12V6zM9 12l2.2 2.2 4-4.4",
  report: "M12 4.5 21 19.5H3zM12 10.5v4M12 16.9v.2",
  pending: "M12 16V5M7.5 9.5 12 5l4.5 4.5M4.5 15.5v4h15v-4",
  me: "M12 4.8a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4M4.8 20c.5-4 3.3-6 7.2-6s6.7 2 7.2 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  chevron: "m9 6 6 6-6 6",
  close: "m6 6 12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  open: "M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z",
  doing: "M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM12 4.5v15M12 8h5.5M12 12h7.5M12 16h5.5",
  soon: "M7 4h10M7 20h10M8 4c0 4 3 5.5 4 8 1-2.5 4-4 4-8M8 20c0-4 3-5.5 4-8 1 2.5 4 4 4 8",
  late: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5v5.5M12 16.2v.2",
  done: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8.2 12.2l2.6 2.6 5-5.4",
  missed: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM6.2 6.2l11.6 11.6",
  paused: "M9 6v12M15 6v12",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  camera: "M4 7.5h4L9.5 5h5L16 7.5h4V19H4zM12 9.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4",
  scan: "M4 9V4.5h4.5M15.5 4.5H20V9M20 15v4.5h-4.5M8.5 19.5H4V15M4 12h16",
  nfc: "M6 5.5v13M10 8v8M14 5.5c2.4 4 2.4 9 0 13M18 3.5c3.4 5 3.4 12 0 17",
  keyboard: "M3.5 6.5h17v11h-17zM7 10h.1M10.4 10h.1M13.8 10h.1M17 10h.1M8 14h8",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 7.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5l3.2 2",
  phone:
    "M6.5 4h3l1.5 4-2 1.5c1 2.5 3 4.5 5.5 5.5l1.5-2 4 1.5v3c0 1-.8 1.7-1.8 1.6C11 18.5 5.5 13 4.9 5.8 4.8 4.8 5.5 4 6.5 4z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  hand_over: "M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4",
  info: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.6v.2",
  empty: "M4 13.5 6.5 6h11l2.5 7.5V19H4zM4 13.5h4.5l1.2 2.2h4.6l1.2-2.2H20",
  offline:
    "M4 4l16 16M8.5 16.5a5 5 0 0 1 7 0M5.5 13a9.5 9.5 0 0 1 4-2.3M14 10.6c1.7.4 3.2 1.2 4.5 2.4M2.8 9.5A14 14 0 0 1 7 6.7M11 5.6a14 14 0 0 1 10.2 3.9",
  sending: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.8 4.2v4h-4",
  pen: "m5 19 1-4L16 5l3 3L9 18zM14 7l3 3",
  estate: "M5 20V5.5l8-2V20M13 9l6 1.5V20M3.5 20h17M8 8.5h2M8 12h2M8 15.5h2",
  erase: "M9 6h11v12H9l-5.5-6zM12 9.5l5 5M17 9.5l-5 5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
