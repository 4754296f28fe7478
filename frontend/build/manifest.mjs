/** What a browser needs to install the app. */

export const manifest = {
  id: "/tablet/",
  name: "安居",
  short_name: "安居",
  description: "离线也能完成一天的工作：巡更、检查、维修。",
  lang: "zh-CN",
  dir: "ltr",
  start_url: "/tablet/",
  scope: "/tablet/",
  display: "standalone",
  orientation: "any",
  background_color: "#f5f7f8",
  theme_color: "#0b6570",
  categories: ["business", "productivity"],
  icons: [
    { src: "/tablet/icons/192.png", sizes: "192x192", type: "image/png", purpose: "any" },
    { src: "/tablet/icons/512.png", sizes: "512x512", type: "image/png", purpose: "any" },
    { src: "/tablet/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
};
