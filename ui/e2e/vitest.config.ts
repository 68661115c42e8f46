import { defineConfig } from "vitest/config";

// One browser and one server at a time: what is measured is the page.
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As long as the browser waits for what it is to see; a second is little on a busy machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
