import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  build: {
    lib: { entry: here("src/index.ts"), formats: ["iife"], name: "Mingbai", fileName: () => "mingbai.js" },
    outDir: here("../bot/web/static"),
    // The folder also holds files that are not built.
    emptyOutDir: false,
    // Cheap phones keep old browsers for years.
    target: ["chrome80", "safari14", "firefox80"],
    cssTarget: ["chrome80", "safari14", "firefox80"],
    reportCompressedSize: true,
  },
  plugins: [
    {
      name: "stylesheet-beside-the-script",
      // For browsers without constructable stylesheets: the element links to this file instead.
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "mingbai.css", source: readFileSync(here("src/styles.css"), "utf8") });
      },
    },
  ],
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
