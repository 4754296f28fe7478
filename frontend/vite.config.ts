import { defineConfig } from "vitest/config";
import { release, version } from "./build/version.mjs";

export default defineConfig({
  base: "/tablet/",
  define: { __APP_VERSION__: JSON.stringify(`${release}+${version}`) },
  build: {
    target: "es2022",
    assetsDir: "assets",
    // The site's Content-Security-Policy knows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev`: the app with reloading, on the API of a running `make run`.
  server: {
    proxy: Object.fromEntries(
      ["/api", "/login", "/static", "/tablet/session", "/tablet/enrolment"].map((path) => [
        path,
        process.env.ANJU_BASE_URL ?? "http://127.0.0.1:8000",
      ]),
    ),
  },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    setupFiles: ["test/setup.ts"],
    // PINs are stretched for real, and a machine may be busy.
    testTimeout: 30_000,
  },
});
