import { defineConfig } from 'vitest/config'

// unit: no root, no network. lab: real network namespaces, one file at a time. soak and fuzz: long, run by .ci/run.
const project = (name: string, include: string[], more = {}) => ({
  test: { name, include, exclude: ['dist/**', 'node_modules/**'], disableConsoleIntercept: true, ...more },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/**/*.test.ts'], {
        testTimeout: 60_000,
        exclude: ['dist/**', 'node_modules/**', 'test/lab/**', 'test/soak/**', 'test/fuzz/**'],
      }),
      project('lab', ['test/lab/**/*.test.ts'], { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 }),
      project('soak', ['test/soak/**/*.test.ts'], {
        fileParallelism: false,
        testTimeout: 1_800_000,
        hookTimeout: 60_000,
      }),
      project('fuzz', ['test/fuzz/**/*.test.ts'], { testTimeout: 120_000 }),
    ],
  },
})
