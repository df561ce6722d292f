import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files and rooms by how long they take, the longest first: a long file that starts last has all cores to wait for it.
 * Rooms that start many processes are before those with databases in their own, because the larger a process is, the
 * longer it takes to start another.
 */
const RANKS = [
  'test/integration/kill',
  'test/vercel/',
  'test/integration/fire',
  'test/integration/bad-days',
  'test/core/',
  'test/cli/damaged-bundles',
  'test/api/marketplace',
  'test/cloud/registry/bundle-sizes',
  'test/cli/on-call',
  'test/cli/hints-',
  'test/cloud/lost-answers',
  'test/integration/lost-connection',
  'test/integration/agent-registry',
  'test/cli/dry-runs',
  'test/cloud/embedded/open-cloud',
  'test/cli/lying-registry',
  'test/cli/manners',
  'test/cli/screens',
  'test/mcp/',
  'test/docs/commands',
  'test/sql/next-migration',
  'test/sql/plans',
  'test/cli/worker-run',
  'test/github/registry',
  'test/cloud/hosted/hosted-registry',
  'test/package/package',
  'test/worker/runtimes',
  'test/docs/examples',
  'test/worker/preview',
  'test/worker/connect-registry',
  'test/integration/',
  'test/console/',
  'test/cli/',
  'test/github/',
  'test/worker/',
  'test/cloud/',
  'test/sql/',
  'test/',
]

/**
 * Files that get a process each: they set variables for the code of others, measure times and memory, or load so much
 * that a process is better ended. All other files share processes: loading the modules again takes longer than most
 * tests.
 */
const WHOLE = [
  ...['budget', 'package', 'vercel'].map((room) => `test/${room}/*.test.ts`),
  'test/integration/worker-cuts.test.ts',
]
/** Rooms that share processes with each other alone: what they leave in memory makes processes slow to start others. */
const LONG = ['console', 'integration'].map((room) => `test/${room}/*.test.ts`)
const NEVER = ['test/fixtures/**', '**/node_modules/**']

/** The embedded cloud as it is built: the package itself loads extensions that cost as much again at every opening. */
const built = (name: string) => new URL(`dist/lite/${name}.mjs`, import.meta.url).pathname

/** In the order in which they run: vitest ends a shared process when a file of another project is next. */
const PROJECTS = ['whole', 'long', 'inside']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) =>
      PROJECTS.indexOf(project.name) * RANKS.length +
      RANKS.findIndex((start) => moduleId.includes(`/${start}`))
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

/** Of the projects whose files share processes. */
const shared = { isolate: false, setupFiles: ['test/harness/leave-as-found.ts'] }

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'inside',
          include: ['test/**/*.test.ts'],
          exclude: [...NEVER, ...WHOLE, ...LONG],
          ...shared,
        },
      },
      { extends: true, test: { name: 'long', include: LONG, exclude: [...NEVER, ...WHOLE], ...shared } },
      { extends: true, test: { name: 'whole', include: WHOLE, exclude: NEVER } },
    ],
    globalSetup: ['test/harness/memory-setup.ts', 'test/harness/postgres-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes and databases of their own: more workers than cores keep the cores busy.
    maxWorkers: 3,
    alias: [
      { find: /^@supabase\/lite$/, replacement: built('index') },
      { find: /^@supabase\/lite\/postgres$/, replacement: built('postgres') },
      { find: /^kysely$/, replacement: built('kysely') },
    ],
    // What the build and Vercel's builder wrote is loaded as Node.js loads it.
    server: { deps: { external: [/\/dist\/lite\//, /\/nofx-vercel-[^/]+\/functions\//] } },
    // As src/cloud/embedded/database/pglite-thread.ts does, for the databases that tests open by themselves.
    execArgv: ['--wasm-tiering-budget=180000000'],
    testTimeout: 180_000,
    // vitest gives a condition one second, which a busy machine can take for a single answer.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 180_000,
  },
})
