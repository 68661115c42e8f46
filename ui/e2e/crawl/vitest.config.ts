import { defineConfig } from "vitest/config";

// Two looks at a time, each with servers of its own, in one browser.
export default defineConfig({
  test: {
    include: ["e2e/crawl/**/*.crawl.ts"],
    environment: "node",
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
  },
});
