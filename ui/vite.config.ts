import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin, ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

// The server that answers `/api` while the pages come from Vite.
const server = process.env["BATON_SERVER"] ?? "http://127.0.0.1:7878";

const proxied: ProxyOptions = {
  target: server,
  // The server takes requests from its own pages, which these stand in for.
  configure: (proxy) => {
    proxy.on("proxyReq", (request) => {
      request.removeHeader("origin");
    });
  },
};
const proxy = { "/api": proxied, "/docs": proxied };

const SHARED = /[\\/]src[\\/](?!features[\\/](graph|editor))|lucide-react|radix-ui|floating-ui/;

/** Beside each text the same for those who can read it shorter; the server picks. */
const shortened: Plugin = {
  name: "shortened",
  apply: "build",
  async writeBundle({ dir = "" }, bundle) {
    const texts = Object.keys(bundle).filter((name) => /\.(html|js|css|svg)$/.test(name));
    for (const name of texts) {
      const text = await readFile(join(dir, name));
      await writeFile(join(dir, `${name}.br`), brotliCompressSync(text));
      await writeFile(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }));
    }
  },
};

export default defineConfig({
  base: "/ui/",
  plugins: [react(), tailwindcss(), shortened],
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
    // A browser asks for six things at once, so few larger files are there before many small ones.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "initial", tags: ["$initial"], priority: 1 },
            // What pages have in common, but for graphs and editors, which are large and not everywhere.
            { name: "shared", test: SHARED, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // The examples of the library are files of the repository.
  server: { host: "127.0.0.1", proxy, fs: { allow: [".", "../examples"] } },
  preview: { host: "127.0.0.1", proxy },
  test: {
    // Whole pages are opened, also on machines that have other work to do.
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "model", include: ["src/model/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "pages",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: ["src/model/**"],
          environment: "jsdom",
          setupFiles: ["src/testing/setup.ts"],
          css: false,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"],
      exclude: ["src/api/schema.d.ts", "src/testing/**", "src/main.tsx"],
      reporter: ["text-summary"],
      reportsDirectory: "node_modules/.coverage",
      thresholds: { lines: 80 },
    },
  },
});
