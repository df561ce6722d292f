import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/postgres-setup.ts'],
    exclude: ['test/fixtures/**'],
    // Most tests wait for processes and databases of their own: more workers than cores keep the cores busy.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    disableConsoleIntercept: true,
  },
})
