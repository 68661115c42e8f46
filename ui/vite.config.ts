import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that answers `/api` while the pages come from Vite.
const server = process.env["BATON_SERVER"] ?? "http://127.0.0.1:7878";

export default defineConfig({
  base: "/ui/",
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: { "@": fileURLToPath(new URL("src", import.meta.url)) },
  },
  build: {
    // `dist/docs` belongs to the viewer of the API.
    outDir: "dist/app",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // A strict Content-Security-Policy refuses `data:` sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { host: "127.0.0.1", proxy: { "/api": server, "/docs": server } },
  preview: { host: "127.0.0.1", proxy: { "/api": server, "/docs": server } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"],
      exclude: ["src/api/schema.d.ts", "src/testing/**", "src/main.tsx"],
    },
  },
});
