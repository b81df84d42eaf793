import { defineConfig } from 'vitest/config'

// unit: no root, no network. lab: real network namespaces, which mostly wait, so two files at a time. soak and fuzz: long,
// run by .ci/run.
const project = (name: string, include: string[], more = {}, resolve = {}) => ({
  resolve,
  test: { name, include, exclude: ['dist/**', 'node_modules/**'], disableConsoleIntercept: true, ...more },
})

// tests that start the command line as a user does need a build of what they test
const built = { globalSetup: 'test/build.ts', hookTimeout: 60_000 }
// what needs no build runs the core that checks each row it touches (bin/core.mjs)
const checked = { alias: [{ find: /\/core\/code\.js$/, replacement: '/core/checked-code.ts' }] }
const live = ['test/contract/{exit-codes,ends,output-files}.test.ts', 'test/commands/help.test.ts']

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['test/**/*.test.ts'],
        {
          testTimeout: 60_000,
          exclude: ['dist/**', 'node_modules/**', 'test/lab/**', 'test/soak/**', 'test/fuzz/**', ...live],
        },
        checked,
      ),
      project('lab', ['test/lab/**/*.test.ts', ...live], {
        ...built,
        testTimeout: 60_000,
        maxWorkers: 2,
        sequence: { groupOrder: 1 },
      }),
      project('soak', ['test/soak/**/*.test.ts'], {
        ...built,
        fileParallelism: false,
        maxConcurrency: 4,
        testTimeout: 1_800_000,
      }),
      project('fuzz', ['test/fuzz/**/*.test.ts'], { testTimeout: 120_000 }, checked),
    ],
  },
})
