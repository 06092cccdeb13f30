import { defineConfig } from "vitest/config";

export default defineConfig({
  logLevel: "warn",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: ["chrome125", "firefox128", "safari18"],
    lib: { entry: "src/widget.ts", formats: ["iife"], name: "switchboardWidget", fileName: () => "widget.js" },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
