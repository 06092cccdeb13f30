import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const service = process.env["SWITCHBOARD_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue()],
  logLevel: "warn",
  base: "/console/",
  html: { cspNonce: "__CSP_NONCE__" }, // the server puts a fresh one in its place
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: ["chrome125", "firefox128", "safari18"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "console.html" },
  },
  server: { proxy: { "/console/api": { target: service, ws: true } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
