import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/measures/**/*.{measure,long}.ts"],
    environment: "node",
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
