import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/guide/**/*.guide.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
